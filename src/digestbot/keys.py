"""Gives addresses one spelling and works their strong identifiers.

Pure: opens nothing and raises nothing, whatever the input; what is not an http(s) address has no key.
"""

from __future__ import annotations

import ipaddress
import posixpath
import re
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlencode, urlsplit

from digestbot.known_sites import Place, arxiv_place, arxiv_version_of, doi_place, place_at

_MAX_URL_CHARS = 4096
_MAX_TEXT_CHARS = 400_000
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]+")
_TRACKING = re.compile(
    r"(?:utm_\w*|pk_\w+|mtm_\w+|hsa_\w+|at_(?:medium|campaign|source)|vero_\w+|_hs(?:enc|mi)|mc_[ce]id|oly_\w+_id"
    r"|fbclid|gclid|gclsrc|dclid|gbraid|wbraid|msclkid|yclid|twclid|ttclid|li_fat_id|igshid|igsh|mkt_tok|_ga|_gl"
    r"|ref|ref_src|ref_url|referrer|referer|cmpid|ncid|trk|trackingid|spm|share|share_id|wt_mc|s_cid|sr_share|amp"
    r"|outputtype|__twitter_impression)",
    re.IGNORECASE,
)
# Parameters that mean something elsewhere and only say where the click came from on these sites.
_TRACKING_AT: dict[str, frozenset[str]] = {
    "medium.com": frozenset({"source", "sk", "gi"}),
    "substack.com": frozenset({"r", "publication_id", "post_id", "isfreemail", "triedredirect", "showwelcomeonshare"}),
    "youtube.com": frozenset({"si", "feature", "t", "pp", "ab_channel"}),
    "towardsdatascience.com": frozenset({"source", "sk", "gi"}),
}
_MOBILE = re.compile(r"^(?:m|mobile|amp)\.(?=[^.]+\.[^.])|(?<=^[a-z]{2}\.)m\.(?=wikipedia\.org$)")
_INDEX = re.compile(r"/(?:index|default)\.(?:html?|php|aspx?|jsp)$", re.IGNORECASE)
_AMP_PATH = re.compile(r"(?:/amp(?:\.html)?|\.amp(?:\.html)?)/?$", re.IGNORECASE)
_AMP_CACHE = re.compile(r"^(?:/amp|/[cvi])?/(?:s/)?(?P<rest>[^/]+\.[^/]+/.*)$")
_ESCAPE = re.compile(r"%[0-9A-Fa-f]{2}")
_LINK = re.compile(r"https?://[^\s<>\"'\\|^`{}]+", re.IGNORECASE)
_ARXIV_MENTION = re.compile(
    r"\barxiv\s?:\s?((?:[a-z-]{2,12}(?:\.[a-z]{2})?/)?\d{4}[.\d]\d{2,5}(?:v\d+)?)", re.IGNORECASE
)
_DOI_MENTION = re.compile(r"\bdoi\s?[:=]?\s{0,2}(10\.\d{4,9}/[^\s<>\"']+)", re.IGNORECASE)
_PAPER_SCHEMES = ("arxiv:", "doi:", "openreview:", "acl:", "s2:", "repo:")
_UNRESERVED = "-._~!$&'()*+,;=:@/"


def canonical_url(url: str) -> str:
    """Return the one spelling of an http(s) address, "" for anything else.

    https always, host in lower-case IDNA without mobile prefix, default port, sign-on, tracking parameters, fragment
    (but "#!"), trailing slash and index page; query sorted; papers, videos and repositories at their one address.
    "www." stays, since some hosts answer only with it: `strong_keys` drops it.
    """
    parts = _split(url)
    if parts is None:
        return ""
    place = _place(parts)
    return place.url if place else _spelled(parts)


def strong_keys(url: str, text: str = "", doi: str = "") -> frozenset[str]:
    """Return identifiers of the thing at the address itself, such as "arxiv:2604.01234", "doi:10.1145/3" and "url:...".

    `text` counts only where it opens with its own identifier, as the descriptions of arXiv's feeds do: an identifier
    further inside is a citation (see `mentioned_keys`). An arXiv version is no part of a key.
    """
    keys: set[str] = set()
    if (parts := _split(url)) is not None:
        place = _place(parts)
        keys.add(_url_key(place.url if place else _spelled(parts)))
        keys |= {place.key} if place else set()
    for found in (_own_doi(doi), _opening_place(text)):
        keys |= {found.key} if found else set()
    return frozenset(keys)


def mentioned_keys(text: str) -> frozenset[str]:
    """Return the papers and repositories a text or HTML page names by link, "arXiv:..." or "doi:...".

    Reads the first 400,000 characters.
    """
    # In Markdown a badge's picture and its link touch: "![arXiv](https://…)](https://…)".
    text = text[:_MAX_TEXT_CHARS].replace("&amp;", "&").replace("](", " ")
    places = [_place(parts) for m in _LINK.finditer(text) if (parts := _split(m.group().rstrip(".,;:!?)]*")))]
    places += [arxiv_place(m[1]) for m in _ARXIV_MENTION.finditer(text)]
    places += [doi_place(m[1]) for m in _DOI_MENTION.finditer(text)]
    return frozenset(place.key for place in places if place and place.key.startswith(_PAPER_SCHEMES))


def arxiv_version(url: str) -> int | None:
    """Return the version of an arXiv paper that an address names, None without one or for other sites."""
    parts = _split(url)
    place = _place(parts) if parts else None
    return arxiv_version_of(parts.path) if parts and place and place.key.startswith("arxiv:") else None


def _split(url: str) -> SplitResult | None:
    """Return an address with scheme https, host and port in their one spelling; None if it is not http(s)."""
    text = _CONTROLS.sub("", url).strip() if isinstance(url, str) and len(url) <= _MAX_URL_CHARS else ""
    try:
        parts = urlsplit(text)
        host, port = _host(parts.hostname or ""), parts.port
    except ValueError:  # broken brackets, a port out of range, a host IDNA cannot encode
        return None
    if parts.scheme not in ("http", "https") or not host:
        return None
    if (cached := _AMP_CACHE.match(parts.path)) and _is_amp_cache(host, parts.path):
        return _split(f"https://{cached['rest']}")
    netloc = host if port in (None, 80, 443) else f"{host}:{port}"
    return SplitResult("https", netloc, parts.path, parts.query, parts.fragment)


def _host(host: str) -> str:
    if ":" in host:
        return f"[{ipaddress.ip_address(host.partition('%')[0])}]"
    host = host.rstrip(".").encode("idna").decode("ascii").lower()
    host = _MOBILE.sub("", host)
    return host if re.fullmatch(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*", host) else ""


def _is_amp_cache(host: str, path: str) -> bool:
    return host.endswith("cdn.ampproject.org") or (
        host in ("www.google.com", "google.com") and path.startswith("/amp/")
    )


def _place(parts: SplitResult) -> Place | None:
    host = parts.netloc.removeprefix("www.")
    return place_at(host, unquote(parts.path), dict(reversed(_pairs(parts.query))))


def _spelled(parts: SplitResult) -> str:
    path = _INDEX.sub("/", _AMP_PATH.sub("/", _path(parts.path)))
    kept = sorted((name, value) for name, value in _pairs(parts.query) if not _is_tracking(parts.netloc, name))
    query = f"?{urlencode(kept)}" if kept else ""
    fragment = f"#{quote(parts.fragment, safe='%' + _UNRESERVED + '?')}" if parts.fragment.startswith("!") else ""
    return f"https://{parts.netloc}{path.rstrip('/') or '/'}{query}{fragment}"


def _path(path: str) -> str:
    """Return a path with dot segments resolved and each character escaped in one way (RFC 3986, section 6.2.2)."""
    resolved = posixpath.normpath(path) if "/." in path else path
    resolved = resolved if resolved.startswith("/") else f"/{resolved}"
    # An escaped slash or question mark is data, not structure: decode only what means the same unescaped.
    plain = _ESCAPE.sub(lambda m: _unreserved(m.group()), resolved)
    return quote(plain, safe="%" + _UNRESERVED)


def _unreserved(escape: str) -> str:
    character = chr(int(escape[1:], 16))
    return character if character.isascii() and (character.isalnum() or character in "-._~") else escape.upper()


def _pairs(query: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(query, keep_blank_values=True, max_num_fields=200)
    except ValueError:  # more fields than any honest address has
        return []


def _is_tracking(netloc: str, name: str) -> bool:
    site = ".".join(netloc.split(".")[-2:])
    return _TRACKING.fullmatch(name) is not None or name.lower() in _TRACKING_AT.get(site, frozenset())


def _url_key(canonical: str) -> str:
    return f"url:{canonical.replace('https://www.', 'https://', 1)}"


def _own_doi(doi: str) -> Place | None:
    text = re.sub(r"^\s*(?:https?://(?:dx\.)?doi\.org/|doi\s?:)\s*", "", doi[:400], flags=re.IGNORECASE)
    return doi_place(text)


def _opening_place(text: str) -> Place | None:
    opening = text[:400].lstrip()
    if match := _ARXIV_MENTION.match(opening):
        return arxiv_place(match[1])
    return doi_place(match[1]) if (match := _DOI_MENTION.match(opening)) else None
