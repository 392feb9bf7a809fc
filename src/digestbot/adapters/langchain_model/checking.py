"""Whether a chat model is there: its server is asked for its models, which costs nothing."""

from __future__ import annotations

from digestbot.errors import ModelError

_TIMEOUT_S = 10.0


def check_model(spec: str, api_key: str, base_url: str) -> str:
    """Return a remark on a model that is there, "" for none; raises ModelError saying what is wrong.

    Only OpenAI's interface can be asked: of another provider's model the remark says that it was not tried, as it does
    where a server lists no models.
    """
    provider, _, name = spec.partition(":")
    if provider != "openai":
        return f"not tried: only OpenAI's interface can be asked, not that of {provider}"
    import openai

    where = base_url or "api.openai.com"
    client = openai.OpenAI(api_key=api_key or "none", base_url=base_url or None, timeout=_TIMEOUT_S, max_retries=0)
    try:
        with client:
            found = {model.id for model in client.models.list()}
    except openai.APIConnectionError as error:
        text = f"no chat model answers at {where} ({type(error).__name__}): check OPENAI_BASE_URL and the way there"
        raise ModelError(text) from error
    except (openai.AuthenticationError, openai.PermissionDeniedError) as error:
        raise ModelError(f"{where} refuses the key ({error.status_code}): check OPENAI_API_KEY") from None
    except openai.APIStatusError as error:
        return f"{where} lists no models ({error.status_code}), so that the name was not checked"
    if found and name not in found:
        near = ", ".join(sorted(found)[:5])
        raise ModelError(f"{where} has no model {name!r}: it has {near}{' and others' if len(found) > 5 else ''}")
    return ""
