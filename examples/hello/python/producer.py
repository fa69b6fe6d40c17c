"""Sends three greetings.

Run: python examples/hello/python/producer.py
and, before or after, one of the consumers in examples/hello.
"""

import shmbuf

with shmbuf.create("hello") as producer:
    for i in range(3):
        producer.write(f"hello {i} from Python".encode())
