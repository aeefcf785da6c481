"""What `.ci/breaking` calls a break: a small document, and one change of it for each rule."""

import copy
import importlib.machinery
import importlib.util
import unittest
from pathlib import Path

loader = importlib.machinery.SourceFileLoader("breaking", str(Path(__file__).parents[2] / ".ci/breaking"))
breaking = importlib.util.module_from_spec(importlib.util.spec_from_loader("breaking", loader))
loader.exec_module(breaking)

THING = {"$ref": "#/components/schemas/Thing"}
DOCUMENT = {
    "security": [{"bearer": []}],
    "paths": {
        "/things": {
            "get": {
                "operationId": "list_things",
                "security": [],
                "parameters": [{"$ref": "#/components/parameters/Limit"}],
                "responses": {
                    "200": {
                        "headers": {"ETag": {}},
                        "content": {"application/json": {"schema": {"type": "array", "items": THING}}, "text/csv": {"schema": {"type": "string"}}},
                    },
                    "404": {"content": {}},
                },
            },
            "post": {
                "operationId": "create_thing",
                "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/ThingCreate"}}}},
                "responses": {"201": {"content": {"application/json": {"schema": THING}}}},
            },
        },
    },
    "components": {
        "parameters": {"Limit": {"in": "query", "name": "limit", "schema": {"type": "integer", "maximum": 200}}},
        "schemas": {
            "Colour": {"type": "string", "enum": ["red", "green"]},
            "Thing": {
                "type": "object",
                "required": ["name", "colour", "parent"],
                "properties": {
                    "name": {"type": "string"},
                    "colour": {"$ref": "#/components/schemas/Colour"},
                    "parent": {"oneOf": [THING, {"type": "null"}]},
                    "size": {"type": "integer", "format": "int32"},
                },
            },
            "ThingCreate": {
                "type": "object",
                "required": ["name"],
                "properties": {
                    "name": {"type": "string", "maxLength": 10},
                    "colour": {"$ref": "#/components/schemas/Colour"},
                    "note": {"type": ["string", "null"]},
                },
            },
        },
    },
}
LIST = DOCUMENT["paths"]["/things"]["get"]


def compare(change):
    new = copy.deepcopy(DOCUMENT)
    change(new, new["paths"]["/things"], new["components"]["schemas"])
    return breaking.Comparison(DOCUMENT, new).run()


class Breaks(unittest.TestCase):
    def breaks(self, change, *expected):
        self.assertEqual(sorted(compare(change).breaks), sorted(expected))

    def test_the_same_document_breaks_nothing(self):
        self.breaks(lambda new, things, schemas: None)

    def test_additions_break_nothing(self):
        def change(new, things, schemas):
            new["paths"]["/others"] = {"get": copy.deepcopy(LIST)}
            things["get"]["parameters"].append({"in": "query", "name": "q", "schema": {"type": "string"}})
            schemas["Thing"]["properties"]["weight"] = {"type": "number"}
            schemas["Thing"]["required"].append("weight")
            schemas["ThingCreate"]["properties"]["weight"] = {"type": "number"}
            schemas["ThingCreate"]["properties"]["name"]["maxLength"] = 20
            schemas["ThingCreate"]["required"] = []

        self.breaks(change)

    def test_a_path_or_method_that_is_gone(self):
        self.breaks(lambda new, things, schemas: new["paths"].pop("/things"), "GET /things: the operation is gone", "POST /things: the operation is gone")
        self.breaks(lambda new, things, schemas: things.pop("post"), "POST /things: the operation is gone")

    def test_another_operation_id(self):
        self.breaks(lambda new, things, schemas: things["get"].update(operationId="things"), "GET /things: operationId list_things is now things")

    def test_a_login_that_is_needed_now(self):
        self.breaks(lambda new, things, schemas: things["get"].pop("security"), "GET /things: it needs a login now")

    def test_parameters(self):
        self.breaks(lambda new, things, schemas: things["get"].pop("parameters"), "GET /things: query parameter limit is gone")
        limit = lambda new: new["components"]["parameters"]["Limit"]
        self.breaks(lambda new, things, schemas: limit(new).update(required=True), "GET /things: query parameter limit is required now")
        self.breaks(lambda new, things, schemas: limit(new)["schema"].update(maximum=100), "GET /things parameter limit: maximum 200 is now 100")
        added = {"in": "header", "name": "If-Match", "required": True, "schema": {}}
        self.breaks(lambda new, things, schemas: things["post"].update(parameters=[added]), "POST /things: new header parameter If-Match is required")

    def test_bodies(self):
        body = lambda things: things["post"]["requestBody"]
        self.breaks(lambda new, things, schemas: body(things).update(required=True), "POST /things: a body is required now")
        self.breaks(lambda new, things, schemas: things["post"].pop("requestBody"), "POST /things: it takes no body any more")
        self.breaks(lambda new, things, schemas: body(things)["content"].update({"text/csv": {}}))
        self.breaks(lambda new, things, schemas: body(things)["content"].pop("application/json"), "POST /things body: media type application/json is gone")

    def test_properties_of_a_request(self):
        where = "schema ThingCreate (request)"
        properties = lambda schemas: schemas["ThingCreate"]["properties"]
        self.breaks(lambda new, things, schemas: schemas["ThingCreate"]["required"].append("note"), f"{where}: property note is required now")

        def required(new, things, schemas):
            properties(schemas)["weight"] = {"type": "number"}
            schemas["ThingCreate"]["required"].append("weight")

        self.breaks(required, f"{where}: new property weight is required")
        self.breaks(lambda new, things, schemas: properties(schemas).pop("note"), f"{where}: property note is gone")
        self.breaks(lambda new, things, schemas: properties(schemas)["note"].update(type="string"), f"{where}.note: no longer takes null")
        self.breaks(lambda new, things, schemas: properties(schemas)["name"].update(maxLength=5), f"{where}.name: maxLength 10 is now 5")
        self.breaks(lambda new, things, schemas: properties(schemas)["name"].update(minLength=1), f"{where}.name: minLength none is now 1")
        self.breaks(lambda new, things, schemas: properties(schemas)["name"].update(pattern="a"), f"{where}.name: pattern none is now a")
        self.breaks(lambda new, things, schemas: properties(schemas)["name"].update(format="date"), f"{where}.name: its format None is now date")

    def test_values_of_a_request_and_of_an_answer(self):
        self.breaks(lambda new, things, schemas: schemas["Colour"]["enum"].remove("red"), "schema Colour (request): no longer takes red")
        found = compare(lambda new, things, schemas: schemas["Colour"]["enum"].append("blue"))
        self.assertEqual((found.breaks, found.warnings), ([], ["schema Colour (answer): can now be blue"]))

    def test_answers(self):
        self.breaks(lambda new, things, schemas: things["get"]["responses"].pop("200"), "GET /things 200: the answer is gone")
        self.breaks(lambda new, things, schemas: things["get"]["responses"].pop("404"))
        self.breaks(lambda new, things, schemas: things["get"]["responses"]["200"].pop("headers"), "GET /things 200: header ETag is gone")
        self.breaks(lambda new, things, schemas: things["get"]["responses"]["200"]["content"].pop("text/csv"), "GET /things 200: media type text/csv is gone")

    def test_properties_of_an_answer(self):
        where = "schema Thing (answer)"
        properties = lambda schemas: schemas["Thing"]["properties"]
        self.breaks(lambda new, things, schemas: properties(schemas).pop("size"), f"{where}: property size is gone")
        self.breaks(lambda new, things, schemas: schemas["Thing"]["required"].remove("name"), f"{where}: property name is no longer always there")
        self.breaks(lambda new, things, schemas: properties(schemas)["name"].update(type=["string", "null"]), f"{where}.name: can now be null")
        self.breaks(lambda new, things, schemas: properties(schemas)["size"].update(type="number", format="int32"), f"{where}.size: can now be number")
        self.breaks(lambda new, things, schemas: properties(schemas)["size"].update(format="int64"), f"{where}.size: its format int32 is now int64")
        self.breaks(lambda new, things, schemas: properties(schemas)["size"].pop("type"), f"{where}.size: its type integer is now any")

    def test_an_answer_that_is_never_null_any_more_breaks_nothing(self):
        self.breaks(lambda new, things, schemas: schemas["Thing"]["properties"].update(parent=THING))


if __name__ == "__main__":
    unittest.main()
