"""Who may do what, from where it is kept: one file a format, registered here."""

from __future__ import annotations

from simlab.importers.aws_iam import AwsIam
from simlab.importers.cedar import Cedar
from simlab.importers.found import Importer
from simlab.importers.kubernetes import Kubernetes
from simlab.importers.openfga import OpenFGA
from simlab.importers.roles import Roles

IMPORTERS: dict[str, type[Importer]] = {
    "roles": Roles,
    "aws-iam": AwsIam,
    "kubernetes": Kubernetes,
    "openfga": OpenFGA,
    "cedar": Cedar,
}
"""Every format from which grants can be imported."""
