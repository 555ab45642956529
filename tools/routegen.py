#!/usr/bin/env python3
"""Turn src/api/spec/*.json into route tables and OpenAPI documents.

    routegen.py --list SPECDIR             the input files, one a line
    routegen.py SPECDIR OUTDIR VERSION     writes OUTDIR/handlers.h, routes_all.c,
                                           openapi_v1.json, openapi_3.0.json

The format is described in src/api/spec/README.md. Anything wrong in a file
ends the build with a sentence that names the file and the endpoint.
"""
import json
import os
import re
import sys

APIS = {
    # name: prefix, dialect, what handlers' names begin with
    "v1": ("/api/v1", "DIALECT_PLAIN", "v1_"),
    "3.0": ("/3.0", "DIALECT_MAILCHIMP", "mc_"),
    "page": ("", "DIALECT_PAGE", "page_"),
    "track": ("/t", "DIALECT_PAGE", "page_track_"),
    "subscribe": ("/subscribe", "DIALECT_PAGE", "page_"),
    "files": ("/files", "DIALECT_PAGE", "page_"),
    "archive": ("/archive", "DIALECT_PAGE", "page_"),
}
# Links in mails: others hang onto them what they like.
IGNORE_QUERY = {"track"}
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
PERMISSIONS = ("public", "read", "write", "market", "send", "admin")
FILE_KEYS = {"api", "tag", "about", "endpoints", "schemas"}
ENDPOINT_KEYS = {"method", "path", "handler", "runs", "permission", "upload", "workers", "summary",
                 "about", "query", "body", "replies", "etag", "patient"}
IF_MATCH = {"name": "If-Match", "in": "header", "required": False,
            "schema": {"type": "string"},
            "description": "The ETag of the state that the change is meant for; "
            "412 if somebody else changed it since."}
ETAG = {"description": "Names this state of the record; see If-Match.",
        "schema": {"type": "string"}}
TITLES = {"v1": "Muster", "3.0": "Muster: Marketing API 3.0"}
ABOUT = {
    "v1": "Customer records, groups and campaigns of this Muster server.",
    "3.0": "The Mailchimp Marketing API 3.0 as this Muster server speaks it.",
}
PROBLEM = {
    "type": "object",
    "required": ["title", "status", "detail", "instance"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string"},
        "errors": {"type": "array", "items": {
            "type": "object", "required": ["field", "message"],
            "properties": {"field": {"type": "string"},
                           "message": {"type": "string"},
                           "pointer": {"type": "string"}}}},
    },
}


def inputs(specdir):
    return sorted(f for f in os.listdir(specdir) if f.endswith(".json"))


def fail(where, what):
    sys.exit(f"src/api/spec/{where}: {what}")


def no_duplicates(pairs):
    out = {}
    for key, value in pairs:
        if key in out:
            raise ValueError(f"the key {key} stands twice")
        out[key] = value
    return out


def load(specdir, name):
    try:
        with open(os.path.join(specdir, name), encoding="utf-8") as f:
            spec = json.load(f, object_pairs_hook=no_duplicates)
    except ValueError as e:
        fail(name, str(e))
    for key in spec:
        if key not in FILE_KEYS:
            fail(name, f"unknown key {key}")
    if spec.get("api") not in APIS:
        fail(name, 'needs "api": ' + ", ".join(APIS))
    if not isinstance(spec.get("tag"), str):
        fail(name, 'needs a "tag"')
    return spec


def runs(e):
    """The C function of an endpoint, and the argument of its route."""
    function, _, argument = e.get("runs", e["handler"]).partition(" ")
    return function, argument or "0"


def workers(api, e):
    return e.get("workers", "quick" if api == "track" else "usual")


def check_workers(name, where, kind, e):
    if kind not in ("usual", "quick", "password", "none"):
        fail(name, f"{where}: unknown workers {kind}")
    if kind == "none" and (e["permission"] != "public" or e.get("upload")):
        fail(name, f"{where}: needs workers")


def check_endpoint(name, api, e, seen):
    where = f"{e.get('method')} {e.get('path')}"
    for key in e:
        if key not in ENDPOINT_KEYS:
            fail(name, f"{where}: unknown key {key}")
    for key in ("method", "path", "handler", "permission", "summary", "replies"):
        if key not in e:
            fail(name, f"{where}: needs {key}")
    if e["method"] not in METHODS:
        fail(name, f"{where}: unknown method")
    if not re.fullmatch(r"(/[A-Za-z0-9_.-]+|/\{[a-z_]+\}(\.[a-z]+)?)*/?", e["path"]):
        fail(name, f"{where}: odd path")
    if api != "page" and e["path"] != "/" and e["path"].endswith("/"):
        fail(name, f"{where}: leave out the final slash")
    for function in (e["handler"], runs(e)[0]):
        if not re.fullmatch(APIS[api][2] + "[a-z0-9_]+", function):
            fail(name, f"{where}: the handler's name must begin with {APIS[api][2]}")
    if e["permission"] not in PERMISSIONS:
        fail(name, f"{where}: unknown permission {e['permission']}")
    check_workers(name, where, workers(api, e), e)
    if not isinstance(e["replies"], dict):
        fail(name, f"{where}: replies must be an object")
    shape = (api, e["method"], re.sub(r"\{\w+\}", "{}", e["path"]))
    for key in (shape, e["handler"]):
        if key in seen:
            fail(name, f"{where}: {key} stands in {seen[key]} too")
        seen[key] = name


TYPES = ("string", "integer", "number", "boolean", "object", "array", "null")

# Parameters that many endpoints share, by a word in "query".
SHARED = {
    ("v1", "paging"): [
        {"name": "limit", "type": "integer", "minimum": 1, "maximum": 1000,
         "about": "Items a page; 50 if left out."},
        {"name": "cursor", "about": "`next` of the page before."}],
    ("3.0", "paging"): [
        {"name": "count", "type": "integer", "minimum": 0, "maximum": 1000,
         "about": "Items a page; 10 if left out."},
        {"name": "offset", "type": "integer", "minimum": 0,
         "about": "How many to pass over."}],
    ("3.0", "fields"): [
        {"name": "fields",
         "about": "Only these, as dotted paths with commas between."},
        {"name": "exclude_fields", "about": "All but these."}],
}


def expand_query(name, api, query):
    out = []
    for p in query:
        if isinstance(p, str) and (api, p) not in SHARED:
            fail(name, f"no parameters are called {p}")
        out += SHARED[api, p] if isinstance(p, str) else [p]
    return out


def expand(node):
    """A schema as JSON Schema has it: see "Schemas" in the README."""
    if isinstance(node, str):
        if node.startswith("["):
            return {"type": "array", "items": expand(node[1:-1])}
        if node[:1].isupper():
            return {"$ref": node}
        if node.rstrip("?") not in TYPES:
            fail("", f"no type is called {node}")
        return {"type": [node[:-1], "null"] if node.endswith("?") else node}
    if set(node) == {"list"}:
        return expand({"properties": {
            "items": {"type": "array", "items": node["list"]},
            "total": "integer", "next": "string?"}, "open": True})
    out = dict(node)
    for key in ("items", "additionalProperties"):
        if isinstance(out.get(key), (str, dict)):
            out[key] = expand(out[key])
    for key in ("oneOf", "anyOf", "allOf"):
        if key in out:
            out[key] = [expand(one) for one in out[key]]
    return expand_object(out) if "properties" in out else out


def expand_object(node):
    """All properties are required, and there are no others."""
    properties = {k: expand(v) for k, v in node.pop("properties").items()}
    optional = node.pop("optional", [])
    out = {"type": node.pop("type", "object")}
    required = node.pop("required", None)
    if required is None and optional is not True:
        required = [k for k in properties if k not in optional]
    if required:
        out["required"] = required
    if not node.pop("open", False):
        out["additionalProperties"] = node.pop("additionalProperties", False)
    return {**out, "properties": properties, **node}


def expand_all(name, spec):
    spec["schemas"] = {k: expand(v) for k, v in spec.get("schemas", {}).items()}
    for e in spec.get("endpoints", []):
        if "query" in e:
            e["query"] = expand_query(name, spec["api"], e["query"])
        if e.get("body") is not None:
            e["body"] = expand(e["body"])
        e["replies"] = {status: None if reply is None else expand(reply)
                        for status, reply in e["replies"].items()}


def references(node, fix):
    """Short references ({"$ref": "Person"}) become whole ones."""
    if isinstance(node, dict):
        out = {}
        for key, value in node.items():
            if key == "$ref" and isinstance(value, str):
                out[key] = fix(value)
            else:
                out[key] = references(value, fix)
        return out
    if isinstance(node, list):
        return [references(value, fix) for value in node]
    return node


def content_of(schema):
    """A schema, or {"content": "text/csv"} for what is not JSON."""
    if set(schema) == {"content"}:
        return {schema["content"]: {}}
    return {"application/json": {"schema": schema}}


def parameter(p, place):
    schema = {k: v for k, v in p.items() if k not in ("name", "about", "required")}
    schema.setdefault("type", "string")
    out = {"name": p["name"], "in": place,
           "required": place == "path" or p.get("required", False), "schema": schema}
    if "about" in p:
        out["description"] = p["about"]
    return out


def operation(api, tag, e):
    op = {"operationId": e["handler"], "tags": [tag], "summary": e["summary"],
          "x-permission": e["permission"]}
    if "about" in e:
        op["description"] = e["about"]
    params = [parameter({"name": n}, "path")
              for n in re.findall(r"\{(\w+)\}", e["path"])]
    params += [parameter(p, "query") for p in e.get("query", [])]
    if e.get("etag") and e["method"] != "GET":
        params.append(IF_MATCH)
    if params:
        op["parameters"] = params
    if e.get("upload") and "body" not in e:
        op["requestBody"] = {"content": {"application/octet-stream": {}}}
    elif e.get("body") is not None:
        op["requestBody"] = {"content": content_of(e["body"])}
    op["responses"] = {}
    for status, schema in e["replies"].items():
        reply = {"description": "Done"}
        if schema is not None:
            reply["content"] = content_of(schema)
            if e.get("etag") and status != "202":
                reply["headers"] = {"ETag": ETAG}
        op["responses"][status] = reply
    op["responses"]["default"] = {"$ref": "#/components/responses/Problem"}
    if e["permission"] == "public":
        op["security"] = []
    return op


def openapi(api, specs, version):
    doc = {
        "openapi": "3.1.0",
        "info": {"title": TITLES[api], "version": version, "description": ABOUT[api]},
        "servers": [{"url": APIS[api][0]}],
        "security": [{"basic": []}, {"bearer": []}]
        + ([{"session": []}] if api == "v1" else []),
        "tags": [], "paths": {},
        "components": {
            "securitySchemes": {
                "basic": {"type": "http", "scheme": "basic",
                          "description": "Any user name; the password is a key."},
                "bearer": {"type": "http", "scheme": "bearer"},
            },
            "responses": {"Problem": {
                "description": "What went wrong (RFC 9457)",
                "content": {"application/problem+json": {
                    "schema": {"$ref": "#/components/schemas/Problem"}}}}},
            "schemas": {"Problem": PROBLEM},
        },
    }
    if api == "v1":
        doc["components"]["securitySchemes"]["session"] = {
            "type": "apiKey", "in": "cookie", "name": "muster_session",
            "description": "Writes also need the header X-CSRF-Token."}
    schemas = doc["components"]["schemas"]
    for name, spec in specs:
        if spec["api"] != api:
            continue
        tag = {"name": spec["tag"]}
        if "about" in spec:
            tag["description"] = spec["about"]
        if not any(t["name"] == spec["tag"] for t in doc["tags"]):
            doc["tags"].append(tag)
        for key, schema in spec.get("schemas", {}).items():
            if key in schemas:
                fail(name, f"schema {key} stands in another file too")
            schemas[key] = schema
        for e in spec["endpoints"]:
            doc["paths"].setdefault(e["path"], {})[e["method"].lower()] = \
                operation(api, spec["tag"], e)

    def fix(ref):
        short = ref.rsplit("/", 1)[-1]
        if ref.startswith("#/components/responses/"):
            return ref
        if short not in schemas:
            fail(f"({api})", f"a $ref to the unknown schema {ref}")
        return "#/components/schemas/" + short
    return references(doc, fix)


def c_string(text):
    """C literals of at most 1,000 bytes, so that every compiler takes them."""
    out, data = [], text.encode("utf-8")
    for i in range(0, len(data), 1000):
        piece = ""
        for b in data[i:i + 1000]:
            c = chr(b)
            if c in '"\\':
                piece += "\\" + c
            elif 32 <= b < 127 and c != "?":
                piece += c
            else:
                piece += f"\\{b:03o}"
        out.append('\t"' + piece + '"')
    return "\n".join(out)


def write(path, text):
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)


def handlers_header(specs):
    out = ("/* generated by tools/routegen.py from src/api/spec */\n"
           "#ifndef API_HANDLERS_H\n#define API_HANDLERS_H\n\n"
           "struct err;\nstruct request;\nstruct response;\n")
    declared = set()
    for name, spec in specs:
        out += f"\n/* {name} */\n"
        for e in spec["endpoints"]:
            function = runs(e)[0]
            if function in declared:
                continue
            declared.add(function)
            out += (f"int {function}(struct request *rq, struct response *rs,\n"
                    f"\tstruct err *err); /* {e['method']} {e['path']} */\n")
    return out + "\n#endif\n"


def route_table(api, specs):
    prefix, dialect, _ = APIS[api]
    ident = "routes_" + re.sub(r"\W", "_", api)
    rows, n = "", 0
    for _, spec in specs:
        for e in spec["endpoints"] if spec["api"] == api else []:
            function, argument = runs(e)
            rows += (f"\t{{ HTTP_{e['method']}, \"{prefix}{e['path']}\",\n"
                     f"\t  {function}, PERMIT_{e['permission'].upper()}, "
                     f"{'true' if e.get('upload') else 'false'}, "
                     f"WORKERS_{workers(api, e).upper()}, "
                     f"{argument}, "
                     f"{'true' if e.get('patient') else 'false'} }},\n")
            n += 1
    if n == 0:
        rows = "\t{ .path = NULL },\n"
    return (f"static const struct route {ident}[] = {{\n{rows}}};\n\n",
            f"\t{{ .prefix = \"{prefix}\", .dialect = {dialect},\n"
            f"\t  .routes = {ident}, .n = {n}"
            f"{', .ignores_query = true' if api in IGNORE_QUERY else ''} }},\n")


def main():
    if sys.argv[1] == "--list":
        print("\n".join(inputs(sys.argv[2])))
        return
    specdir, outdir, version = sys.argv[1:]
    specs = [(name, load(specdir, name)) for name in inputs(specdir)]
    seen = {}
    for name, spec in specs:
        for e in spec.get("endpoints", []):
            check_endpoint(name, spec["api"], e, seen)
        spec.setdefault("endpoints", [])
        expand_all(name, spec)
    write(os.path.join(outdir, "handlers.h"), handlers_header(specs))
    tables, rows = "", ""
    for api in APIS:
        table, row = route_table(api, specs)
        tables += table
        rows += row
    docs = ""
    for api in ("v1", "3.0"):
        text = json.dumps(openapi(api, specs, version), ensure_ascii=False,
                          separators=(",", ":"))
        write(os.path.join(outdir, f"openapi_{api}.json"), text)
        docs += (f"const char openapi_{re.sub(r'[^0-9a-z]', '_', api)}[] =\n"
                 f"{c_string(text)};\n\n")
    write(os.path.join(outdir, "routes_all.c"),
          "/* generated by tools/routegen.py from src/api/spec */\n"
          "#include \"api/handlers.h\"\n#include \"api/mc30/account/empty.h\"\n"
          "#include \"api/routes.h\"\n#include \"campaign/folder.h\"\n"
          "#include \"crm/entity.h\"\n#include \"crm/memo.h\"\n\n" + tables
          + "const struct route_table api_tables[] = {\n" + rows + "};\n"
          + "const size_t api_tables_count =\n"
          + "\tsizeof(api_tables) / sizeof(api_tables[0]);\n\n" + docs)


if __name__ == "__main__":
    main()
