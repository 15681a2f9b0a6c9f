// The five stores: the calls that a read takes, its time beside the shortest loop over the vendor's SDK, and what
// the first read of a process costs. LocalStack and Vault run in containers (test/stores/up.sh makes them available).
// Before anything loads gRPC, as testcontainers does.
import '../test/servers/gcp-trust.ts';
import { benchAws } from './stores/aws.ts';
import { benchClouds } from './stores/clouds.ts';
import { benchVault } from './stores/vault.ts';

await benchAws();
await benchVault();
await benchClouds();
