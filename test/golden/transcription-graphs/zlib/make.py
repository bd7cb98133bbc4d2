"""Writes lengths.json: texts and how many bytes Python's zlib (1.2.13) makes of them."""
import json
import random
import zlib

random.seed(5)
WORDS = "the a of and to in that it was on we they boat river morning, before. nobody seen; water quiet thirty-one".split()


def text():
    words = [random.choice(WORDS) for _ in range(random.choice([1, 4, 20, 60, 200]))]
    kind = random.random()
    if kind < 0.3:
        return " ".join(words[: random.choice([1, 3, 9])]) * random.choice([2, 6, 30])
    if kind < 0.4:
        return "".join(random.choice("ab ") for _ in range(random.choice([9, 90, 900])))
    if kind < 0.5:
        return "".join(chr(random.randrange(32, 0x2000)) for _ in range(random.choice([5, 50])))
    return " ".join(words)


texts = ["", "a", "ab", "aaa", "a" * 600] + [text() for _ in range(120)]
cases = [{"text": t, "bytes": len(zlib.compress(t.encode()))} for t in texts]
json.dump({"zlib": zlib.ZLIB_RUNTIME_VERSION, "cases": cases}, open("lengths.json", "w"), ensure_ascii=False)
