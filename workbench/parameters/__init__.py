"""A notebook's typed parameters; `from workbench.parameters import Gt, Le` for its annotations."""

from annotated_types import Ge, Gt, Interval, Le, Len, Lt, MaxLen, MinLen, MultipleOf

from workbench.parameters.parameter import Parameter
from workbench.parameters.secret import Secret
from workbench.parameters.signature import Signature, read_signature, signature_of

__all__ = [
    "Ge",
    "Gt",
    "Interval",
    "Le",
    "Len",
    "Lt",
    "MaxLen",
    "MinLen",
    "MultipleOf",
    "Parameter",
    "Secret",
    "Signature",
    "read_signature",
    "signature_of",
]
