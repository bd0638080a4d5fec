"""One listing of a region by Apache Libcloud, as it is shipped: its seconds, then an id a line."""

import sys
import time

from libcloud.compute.drivers.ecs import ECSDriver

host, port, key_id, key_secret, region = sys.argv[1:]
driver = ECSDriver(key_id, key_secret, region=region, secure=False, host=host, port=int(port))

start = time.perf_counter()
nodes = driver.list_nodes()
print(time.perf_counter() - start)
for node in nodes:
    print(node.id)
