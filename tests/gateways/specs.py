"""The companies' own descriptions of their APIs (OpenAPI), held against what was sent and what was answered."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from openapi_schema_validator import OAS30ReadValidator, OAS30Validator, OAS30WriteValidator, oas30_format_checker
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT4

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "gateway-specs"
FILES = {
    "stripe": ("stripe.openapi.json",),
    "square": ("square.openapi.json",),
    "paypal": ("paypal-orders-v2.openapi.json", "paypal-payments-v2.openapi.json", "paypal-webhooks-v1.openapi.json"),
}
VERIFY = "/v1/notifications/verify-webhook-signature"  # its event is marked read-only: the plain validator


@dataclass
class Operation:
    """One method of one path, with the document it stands in."""

    about: Any
    parameters: list[Any]
    document: Any
    uri: str
    registry: Any

    def resolved(self, schema: Any) -> Any:
        while isinstance(schema, dict) and "$ref" in schema:
            found = self.document
            for part in schema["$ref"].partition("#/")[2].split("/"):
                found = found[part.replace("~1", "/").replace("~0", "~")]
            schema = found
        return schema

    def complaints(self, value: Any, schema: Any, validator: Any) -> list[str]:
        checked = validator(absolute(schema, self.uri), registry=self.registry, format_checker=oas30_format_checker)
        return [f"{'/'.join(map(str, one.absolute_path))}: {one.message[:160]}" for one in checked.iter_errors(value)]

    def unknown(self, value: Any, schemas: list[Any], at: str = "") -> Iterator[str]:
        """Words of `value` that none of the schemas has: the companies refuse them."""
        found = list(self.alternatives(schemas))
        if isinstance(value, list):
            items = [one["items"] for one in found if "items" in one]
            for number, one in enumerate(value):
                yield from self.unknown(one, items, f"{at}/{number}") if items else ()
        if not isinstance(value, dict) or any(is_free(one) for one in found):
            return
        for name, one in value.items():
            named = [schema["properties"][name] for schema in found if name in schema.get("properties", {})]
            if not named:
                yield f"{at}/{name}: nobody knows this word"
            else:
                yield from self.unknown(one, named, f"{at}/{name}")

    def alternatives(self, schemas: list[Any]) -> Iterator[Any]:
        for schema in schemas:
            known = self.resolved(schema)
            yield known
            for word in ("allOf", "anyOf", "oneOf"):
                yield from self.alternatives(known.get(word, []))


def is_free(schema: Any) -> bool:
    """Whether an object may have any words."""
    if schema.get("additionalProperties") not in (None, False):
        return True
    return schema.get("type") == "object" and not any(
        word in schema for word in ("properties", "allOf", "anyOf", "oneOf")
    )


def absolute(schema: Any, uri: str) -> Any:
    """The schema with references that lead into its own document from anywhere."""
    if isinstance(schema, dict):
        return {name: uri + one if name == "$ref" else absolute(one, uri) for name, one in schema.items()}
    if isinstance(schema, list):
        return [absolute(one, uri) for one in schema]
    return schema


class Specs:
    """All operations of one company."""

    def __init__(self, company: str) -> None:
        self.company = company
        self.operations: list[tuple[re.Pattern[str], str, Operation]] = []
        for name in FILES[company]:
            document = json.loads((FOLDER / name).read_text())
            uri = f"urn:{name}"
            registry = Registry().with_resource(uri, Resource(contents=document, specification=DRAFT4))
            for path, item in sorted(document["paths"].items(), key=lambda one: one[0].count("{")):
                pattern = re.compile(re.sub(r"\{[^}]+\}", "[^/]+", path))
                for method in ("get", "post", "put", "patch", "delete"):
                    if method in item:
                        shared = item.get("parameters", []) + item[method].get("parameters", [])
                        found = Operation(item[method], shared, document, uri, registry)
                        self.operations.append((pattern, method, found))

    def find(self, method: str, path: str) -> Operation | None:
        for pattern, name, operation in self.operations:
            if name == method.lower() and pattern.fullmatch(path):
                return operation
        return None

    def of_request(self, exchange: dict[str, Any]) -> list[str]:
        """What is wrong with a request; nothing where the description does not speak of it."""
        operation = self.find(exchange["method"], exchange["path"])
        if operation is None:
            return []
        found = list(self._parameters(operation, exchange))
        wanted = operation.resolved(operation.about.get("requestBody") or {})
        if not wanted or not exchange["body"]:
            return found + (["a body is wanted"] if wanted.get("required") and not exchange["body"] else [])
        content_type = exchange["headers"].get("content-type", "").split(";")[0]
        if content_type not in wanted["content"]:
            return [*found, f"content type {content_type}"]
        schema = wanted["content"][content_type]["schema"]
        if "urlencoded" in content_type:
            value = Form(operation).read(exchange["body"], schema)
        else:
            value = json.loads(exchange["body"])
        validator = OAS30Validator if exchange["path"] == VERIFY else OAS30WriteValidator
        return [*found, *operation.complaints(value, schema, validator), *operation.unknown(value, [schema])]

    def _parameters(self, operation: Operation, exchange: dict[str, Any]) -> Iterator[str]:
        parameters = [operation.resolved(one) for one in operation.parameters]
        named = {name.split("[")[0] for name, _ in exchange["query"]}
        known = {one["name"] for one in parameters if one["in"] == "query"}
        yield from (f"nobody knows ?{name}" for name in sorted(named - known))
        for one in parameters:
            if one.get("required") and one["in"] == "header" and one["name"].lower() not in exchange["headers"]:
                yield f"header {one['name']} is missing"
            if one.get("required") and one["in"] == "query" and one["name"] not in named:
                yield f"?{one['name']} is missing"

    def of_answer(self, exchange: dict[str, Any]) -> list[str]:
        """What is wrong with an answer that the sandbox gave."""
        operation = self.find(exchange["method"], exchange["path"])
        if operation is None:
            return []
        status = str(exchange["status"])
        answers = operation.about["responses"]
        wanted = operation.resolved(answers.get(status) or answers.get(f"{status[0]}XX") or answers.get("default"))
        if wanted is None:  # Square describes no refusals: its list of errors is known
            said = exchange["answer"].get("errors") if exchange["status"] >= 400 else None
            schema = {"type": "array", "minItems": 1, "items": {"$ref": "#/components/schemas/Error"}}
            return operation.complaints(said, schema, OAS30ReadValidator)
        content = (wanted.get("content") or {}).get("application/json")
        if not content:
            return []
        answer, booked = apart(exchange["answer"])
        found = operation.complaints(answer, content["schema"], OAS30ReadValidator)
        schema = {"$ref": "#/components/schemas/balance_transaction"}
        return found + [one for each in booked for one in operation.complaints(each, schema, OAS30ReadValidator)]


def apart(answer: Any) -> tuple[Any, list[Any]]:
    """An answer of Stripe with its expanded balance transactions taken out: the description at hand has only their ids
    in this place.
    """
    booked: list[Any] = []

    def walk(value: Any) -> Any:
        if isinstance(value, list):
            return [walk(one) for one in value]
        if not isinstance(value, dict):
            return value
        found = {name: walk(one) for name, one in value.items()}
        if isinstance(found.get("balance_transaction"), dict):
            booked.append(found["balance_transaction"])
            found["balance_transaction"] = found["balance_transaction"]["id"]
        return found

    return walk(answer), booked


class Form:
    """A bracketed form body of Stripe, read by the schema: numbers, booleans, lists."""

    def __init__(self, operation: Operation) -> None:
        self.operation = operation

    def read(self, body: str, schema: Any) -> Any:
        root: dict[str, Any] = {}
        for name, value in parse_qsl(body, keep_blank_values=True):
            parts = [name.split("[")[0], *re.findall(r"\[([^\]]*)\]", name)]
            at = root
            for part in parts[:-1]:
                at = at.setdefault(part, {})
            at[parts[-1]] = value
        return self.typed(root, [schema])

    def typed(self, value: Any, schemas: list[Any]) -> Any:
        found = list(self.operation.alternatives(schemas))
        kinds = {one.get("type") for one in found}
        if isinstance(value, dict):
            items = [one["items"] for one in found if "items" in one]
            if items and all(name.isdigit() for name in value):
                return [self.typed(value[name], items) for name in sorted(value, key=int)]
            return {name: self.typed(one, named(found, name)) for name, one in value.items()}
        if "integer" in kinds and re.fullmatch(r"-?\d+", value):
            return int(value)
        if "boolean" in kinds and value in ("true", "false"):
            return value == "true"
        return value


def named(schemas: list[Any], name: str) -> list[Any]:
    inner = [one["properties"][name] for one in schemas if name in one.get("properties", {})]
    free = [one["additionalProperties"] for one in schemas if isinstance(one.get("additionalProperties"), dict)]
    return inner or free
