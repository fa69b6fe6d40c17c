"""Prints greetings until the producer has closed.

Run: python examples/hello/python/consumer.py
and, before or after, one of the producers in examples/hello.
"""

import shmbuf

with shmbuf.open("hello", wait=60) as consumer:  # waits up to a minute for the producer
    for message in consumer:
        print(message.decode())
