"""The cache may fail: the site goes on without it."""

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)


def _forgiving(name: str, answer: Callable[[dict[str, Any]], Any]) -> Callable[..., Any]:
    original = getattr(RedisCache, name)

    @wraps(original)
    def method(self: RedisCache, *args: Any, **kwargs: Any) -> Any:
        try:
            return original(self, *args, **kwargs)
        except (RedisError, OSError):
            logger.warning("cache %s failed: Redis does not answer", name)
            return answer(kwargs)

    return method


class ForgivingRedisCache(RedisCache):
    """Django's Redis cache, which answers "not there" while Redis is down."""

    get = _forgiving("get", lambda kwargs: kwargs.get("default"))
    set = _forgiving("set", lambda kwargs: None)
    add = _forgiving("add", lambda kwargs: True)
    touch = _forgiving("touch", lambda kwargs: False)
    delete = _forgiving("delete", lambda kwargs: False)
    get_many = _forgiving("get_many", lambda kwargs: {})
    set_many = _forgiving("set_many", lambda kwargs: [])
    incr = _forgiving("incr", lambda kwargs: 1)
