"""Makes the calls that stdin names, by boto3, and prints their answers: [[service, method, arguments], ...]."""

import base64
import json
import sys

import boto3

endpoint, region, key, secret = sys.argv[1:]
clients = {}


def client(service):
    if service not in clients:
        clients[service] = boto3.client(
            service, endpoint_url=endpoint, region_name=region, aws_access_key_id=key, aws_secret_access_key=secret
        )
    return clients[service]


def from_json(value):
    """Bytes have no form in JSON: {"base64": "..."} stands for them."""
    return base64.b64decode(value["base64"]) if value.keys() == {"base64"} else value


calls = json.load(sys.stdin, object_hook=from_json)
answers = [getattr(client(service), method)(**arguments) for service, method, arguments in calls]
json.dump(answers, sys.stdout, default=str)
