"""Puts the secrets that stdin names, by hvac, into KV version 2 at secret/: {path: {field: value, ...}, ...}."""

import json
import sys

import hvac

client = hvac.Client()  # VAULT_ADDR and VAULT_TOKEN say where, and who
for path, fields in json.load(sys.stdin).items():
    client.secrets.kv.v2.create_or_update_secret(path=path, secret=fields, mount_point="secret")
