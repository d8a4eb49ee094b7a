"""Deliveries as the servers send them: recorded, with names and ids of a made-up household."""

from __future__ import annotations

from typing import Any

# A Matrix of 2 h 16 min; ticks are ten millionths of a second.
TICKS = 81_600_000_000


def jellyfin_stop(**changes: Any) -> dict[str, Any]:
    """Playback Stop of the webhook plugin 18, "Send All Properties"."""
    return {
        "ServerId": "4c5a8a3f6f0e4a0f8d1b9f7d2f6c1e55",
        "ServerName": "attic",
        "ServerVersion": "10.10.3",
        "ServerUrl": "https://media.example",
        "NotificationType": "PlaybackStop",
        "Timestamp": "2026-11-27T23:41:03.1234567+01:00",
        "UtcTimestamp": "2026-11-27T22:41:03.1234567Z",
        "Name": "The Matrix",
        "Overview": "A hacker learns what the world is.",
        "Tagline": "Free your mind",
        "ItemId": "a1b2c3d4-e5f6-4711-8899-aabbccddeeff",
        "ItemType": "Movie",
        "RunTimeTicks": TICKS,
        "RunTime": "02:16:00",
        "Year": 1999,
        "PremiereDate": "1999-03-30",
        "Genres": "Action, Science Fiction",
        "Provider_tmdb": "603",
        "Provider_imdb": "tt0133093",
        "Provider_tmdbcollection": "2344",
        "Video_0_Title": "1080p H264 SDR",
        "Video_0_Height": 1080,
        "PlaybackPositionTicks": TICKS - 600_000_000,
        "PlaybackPosition": "02:15:00",
        "MediaSourceId": "a1b2c3d4e5f647118899aabbccddeeff",
        "IsPaused": False,
        "IsAutomated": False,
        "DeviceId": "TW96aWxsYQ",
        "DeviceName": "Firefox",
        "ClientName": "Jellyfin Web",
        "PlayedToCompletion": True,
        "NotificationUsername": "ada",
        "UserId": "0b6f1c7e-3a33-4b41-9d1e-5a4f9f0b2c11",
        **changes,
    }


def jellyfin_saved(reason: str, **changes: Any) -> dict[str, Any]:
    """User Data Saved: marks, ratings, and what rides along with a play."""
    base = jellyfin_stop()
    for name in ("PlayedToCompletion", "IsPaused", "IsAutomated", "DeviceId", "ClientName"):
        del base[name]
    return {
        **base,
        "NotificationType": "UserDataSaved",
        "SaveReason": reason,
        "Likes": False,
        "Rating": 0,
        "PlaybackPositionTicks": 0,
        "PlayCount": 1,
        "Favorite": False,
        "Played": True,
        "LastPlayedDate": "2026-11-27T22:41:03.1234567Z",
        **changes,
    }


def plex(event: str, metadata: dict[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
    """What Plex puts into the field ``payload`` of its form."""
    return {
        "event": event,
        "user": True,
        "owner": True,
        "Account": {"id": 1, "thumb": "https://plex.tv/users/x/avatar", "title": "ada"},
        "Server": {"title": "attic", "uuid": "54664a3d8acc39983675640ec9ce00b70af9cc36"},
        "Player": {
            "local": True,
            "publicAddress": "198.51.100.7",
            "title": "Plex Web (Safari)",
            "uuid": "r6yfkdnfggbh2bdnvkffwbms",
        },
        "Metadata": {
            "librarySectionType": "movie",
            "ratingKey": "1936544",
            "key": "/library/metadata/1936544",
            "guid": "plex://movie/5d776825880197001ec90e8f",
            "type": "movie",
            "title": "The Matrix",
            "librarySectionTitle": "Films",
            "librarySectionID": 1,
            "contentRating": "R",
            "summary": "A hacker learns what the world is.",
            "rating": 8.3,
            "audienceRating": 8.5,
            "viewCount": 1,
            "lastViewedAt": 1795819263,  # 2026-11-27 22:41:03 in UTC
            "year": 1999,
            "duration": 8160000,
            "thumb": "/library/metadata/1936544/thumb/1432897518",
            "addedAt": 1000396126,
            "updatedAt": 1432897518,
            "Guid": [{"id": "imdb://tt0133093"}, {"id": "tmdb://603"}, {"id": "tvdb://169"}],
            "Genre": [{"id": 7, "tag": "Action"}],
            **(metadata or {}),
        },
        **changes,
    }


def emby(event: str, item: dict[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
    """Emby 4.8: JSON as the body, or in the field ``data`` of a form."""
    return {
        "Title": "ada has finished playing The Matrix on Emby Theater",
        "Description": "Friday, 27 November 2026 23:41",
        "Date": "2026-11-27T22:41:03.1750827Z",
        "Event": event,
        "Severity": "Info",
        "User": {"Name": "ada", "Id": "aac3a78d9f184ea480fb1629e76aad57"},
        "Item": {
            "Name": "The Matrix",
            "OriginalTitle": "The Matrix",
            "ServerId": "15596ac9bbc24127b9f01db6f33630c7",
            "Id": "4916",
            "DateCreated": "2025-05-05T22:40:06.0000000Z",
            "Container": "mkv",
            "PremiereDate": "1999-03-30T00:00:00.0000000Z",
            "Path": "/films/The Matrix (1999).mkv",
            "RunTimeTicks": TICKS,
            "ProductionYear": 1999,
            "IsFolder": False,
            "ProviderIds": {"Tmdb": "603", "Imdb": "tt0133093", "Official Website": "http://x"},
            "Type": "Movie",
            "MediaType": "Video",
            **(item or {}),
        },
        "Server": {
            "Name": "attic",
            "Id": "15596ac9bbc24127b9f01db6f33630c7",
            "Version": "4.8.11.0",
        },
        **changes,
    }


def kodi(method: str, item: dict[str, Any] | None = None, **data: Any) -> dict[str, Any]:
    """A notification of Kodi's JSON-RPC, with the details of its library beside the item's id."""
    return {
        "jsonrpc": "2.0",
        "method": method,
        "params": {
            "data": {
                "item": {
                    "id": 35,
                    "type": "movie",
                    "title": "The Matrix",
                    "year": 1999,
                    "imdbnumber": "tt0133093",
                    "uniqueid": {"imdb": "tt0133093", "tmdb": "603"},
                    "playcount": 1,
                    "lastplayed": "2026-11-27 23:41:03",
                    "userrating": 0,
                    **(item or {}),
                },
                **data,
            },
            "sender": "xbmc",
        },
    }
