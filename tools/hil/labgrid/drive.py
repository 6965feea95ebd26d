"""Drives a box by labgrid alone: starts it, resets it, switches it off. Prints one JSON object on its last line."""
import json
import os
import time

from labgrid import Environment

here = os.path.dirname(os.path.abspath(__file__))
target = Environment(os.path.join(here, "environment.yaml")).get_target("main")
strategy = target.get_driver("MullionStrategy")


def measured(action):
    begun = time.monotonic()
    action()
    return {"firmware": strategy.firmware, "seconds": round(time.monotonic() - begun, 1)}


started = measured(lambda: strategy.transition("ready"))
reset = measured(strategy.reset)
strategy.transition("off")
print(json.dumps({"started": started, "reset": reset}))
