"""Small rules of writing that several widgets share."""


def without_access_key(title: str) -> str:
    """Return a menu title without its access key.

    "&File" and "文件(&F)" become "File" and "文件".
    """
    at = title.find("(&")
    if at >= 0 and title[at + 3 : at + 4] == ")":
        title = title[:at] + title[at + 4 :]
    return title.replace("&", "").rstrip("…").strip()
