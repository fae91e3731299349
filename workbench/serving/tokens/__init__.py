"""Bearer tokens: who may ask the service for what; made, revoked and kept in the ledger."""

from workbench.serving.tokens.issue import create_token, revoke_token
from workbench.serving.tokens.token import SCOPES, Caller, Token, read_tokens
from workbench.serving.tokens.verify import Tokens

__all__ = ["SCOPES", "Caller", "Token", "Tokens", "create_token", "read_tokens", "revoke_token"]
