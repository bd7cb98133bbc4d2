"""Files of vectors for test/core/verification: what numpy, pickle and safetensors write, and pickles that must be refused.

Python 3.11, numpy, safetensors. Writes vector-files.json: base64 by name, and the vectors that have to come out.
"""
import base64, io, json, os, pickle, struct, zipfile

import numpy as np
from safetensors.numpy import save as save_safetensors

rng = np.random.default_rng(6)
one = rng.normal(size=4).astype(np.float32)
two = rng.normal(size=4).astype(np.float64)
matrix = rng.normal(size=(3, 4)).astype(np.float32)


def listed(array):
    return np.asarray(array, dtype=np.float32).tolist()


good = []


def add_good(name, content, vectors, names=None):
    names = names or [None] * len(vectors)
    good.append({
        "name": name,
        "base64": base64.b64encode(content).decode(),
        "vectors": [{"name": n, "vector": listed(v)} for n, v in zip(names, vectors)],
    })


def saved(function, *arguments, **named):
    stream = io.BytesIO()
    function(stream, *arguments, **named)
    return stream.getvalue()


for protocol in range(6):
    dump = lambda value: pickle.dumps(value, protocol=protocol)
    add_good(f"pickle {protocol}: list of floats", dump(one.astype(float).tolist()), [one])
    add_good(f"pickle {protocol}: tuple of ints and floats", dump((1, -2, 2.5, 300, -70000, 2**40)), [[1, -2, 2.5, 300, -70000, 2**40]])
    add_good(f"pickle {protocol}: list of lists", dump(matrix.astype(float).tolist()), list(matrix))
    add_good(f"pickle {protocol}: float32 array", dump(one), [one])
    add_good(f"pickle {protocol}: float64 array", dump(two), [two])
    add_good(f"pickle {protocol}: big-endian array", dump(two.astype(">f8")), [two])
    add_good(f"pickle {protocol}: matrix", dump(matrix), list(matrix))
    add_good(f"pickle {protocol}: list of arrays, one of them twice", dump([one, two, one]), [one, two, one])
    add_good(f"pickle {protocol}: table of arrays", dump({"Ana": one, "Zoë": two}), [one, two], ["Ana", "Zoë"])
    add_good(f"pickle {protocol}: list of numpy scalars", dump([np.float32(1.5), np.float64(-2.5)]), [[1.5, -2.5]])
add_good("npy", saved(np.save, one), [one])
add_good("npy matrix of float64", saved(np.save, matrix.astype(np.float64)), list(matrix))
add_good("npz", saved(np.savez, Ana=one, Ben=two), [one, two], ["Ana", "Ben"])
add_good("npz compressed", saved(np.savez_compressed, Ana=matrix), list(matrix), ["Ana"] * 3)
add_good("safetensors", save_safetensors({"Ana": one, "Ben": two}, metadata={"made": "by test"}), [two, one], ["Ben", "Ana"])
add_good("JSON list", json.dumps(one.astype(float).tolist()).encode(), [one])
add_good("JSON list of lists", json.dumps(matrix.astype(float).tolist()).encode(), list(matrix))
add_good("JSON table", json.dumps({"Ana": one.astype(float).tolist()}).encode(), [one], ["Ana"])

hostile = []


def add_hostile(name, content):
    hostile.append({"name": name, "base64": base64.b64encode(content).decode()})


def call(module, function, argument=b"'touch /tmp/owned'"):
    return b"c" + module + b"\n" + function + b"\n(S" + argument + b"\ntR."


def call_unicode(module, function, argument="touch /tmp/owned"):
    def short(text):
        return b"\x8c" + bytes([len(text)]) + text.encode()
    return b"\x80\x04" + short(module) + short(function) + b"\x93" + short(argument) + b"\x85R."


for module, function in [
    ("os", "system"), ("posix", "system"), ("nt", "system"), ("os", "popen"), ("subprocess", "Popen"), ("subprocess", "check_output"),
    ("builtins", "eval"), ("builtins", "exec"), ("builtins", "getattr"), ("builtins", "__import__"), ("builtins", "open"),
    ("builtins", "compile"), ("builtins", "map"), ("importlib", "import_module"), ("pickle", "loads"), ("_pickle", "loads"),
    ("marshal", "loads"), ("ctypes", "CDLL"), ("runpy", "run_path"), ("webbrowser", "open"), ("socket", "create_connection"),
    ("urllib.request", "urlopen"), ("operator", "attrgetter"), ("functools", "partial"), ("types", "CodeType"), ("types", "FunctionType"),
    ("copyreg", "_reconstructor"), ("copyreg", "__newobj__"), ("collections", "OrderedDict"), ("torch._utils", "_rebuild_tensor_v2"),
    ("numpy", "load"), ("numpy", "fromfile"), ("numpy.testing._private.utils", "runstring"), ("numpy.f2py.crackfortran", "getlincoef"),
    ("numpy.core.multiarray", "fromstring"), ("numpy ndarray", "x"), ("__main__", "Voice"),
]:
    add_hostile(f"calls {module}.{function}", call_unicode(module, function))
for module, function in [(b"__builtin__", b"eval"), (b"os", b"system"), (b"commands", b"getoutput")]:
    add_hostile(f"calls {module.decode()}.{function.decode()} in protocol 0", call(module, function))


class Evil:
    def __reduce__(self):
        return (os.system, ("touch /tmp/owned",))


class Plain:
    def __init__(self):
        self.vector = [1.0]


for protocol in (0, 1, 2, 3, 4, 5):
    add_hostile(f"object with __reduce__, protocol {protocol}", pickle.dumps(Evil(), protocol=protocol))
add_hostile("the same inside a list of numbers", pickle.dumps([1.0, Evil(), 2.0]))
add_hostile("instance of a class", pickle.dumps(Plain(), protocol=4))
add_hostile("instance of a class, protocol 1", pickle.dumps(Plain(), protocol=1))
add_hostile("array of objects", pickle.dumps(np.array([Evil(), 1.0], dtype=object)))
add_hostile("array of objects that are numbers", pickle.dumps(np.array([1.0, 2.0], dtype=object)))
add_hostile("structured array", pickle.dumps(np.zeros(2, dtype=[("a", "f4")])))
add_hostile("integer array", pickle.dumps(np.arange(3)))
add_hostile("complex array", pickle.dumps(np.zeros(2, dtype=complex)))
add_hostile("text array", pickle.dumps(np.array(["a"])))
add_hostile("Fortran order", pickle.dumps(np.asfortranarray(np.ones((2, 3))), protocol=2))
add_hostile("set", pickle.dumps({1.0, 2.0}))
add_hostile("text", pickle.dumps("1.0"))
add_hostile("one number", pickle.dumps(1.0))
add_hostile("nothing", pickle.dumps(None))
add_hostile("list of nothing", pickle.dumps([None]))
add_hostile("empty list", pickle.dumps([]))
add_hostile("list of tables", pickle.dumps([{"a": [1.0]}]))
add_hostile("numbers for names", pickle.dumps({1: [1.0]}))
add_hostile("opcode INST", b"(S'touch /tmp/owned'\nios\nsystem\n.")
add_hostile("opcode OBJ", b"(cos\nsystem\nS'touch /tmp/owned'\no.")
add_hostile("opcode NEWOBJ", b"\x80\x02cbuiltins\nlist\n)\x81.")
add_hostile("opcode NEWOBJ_EX", b"\x80\x04cbuiltins\nlist\n)}\x92.")
add_hostile("opcodes EXT1, EXT2, EXT4", b"\x82\x01.")
add_hostile("EXT4", b"\x84\x01\x00\x00\x00.")
add_hostile("persistent id", b"Pid\n.")
add_hostile("binary persistent id", b"U\x01xQ.")
add_hostile("out-of-band buffer", b"\x80\x05\x97.")
add_hostile("read-only buffer", b"\x80\x05\x97\x98.")
add_hostile("build on a list", b"](Nt}b.")
add_hostile("state with attributes on a token", b"cnumpy\nndarray\n}b.")
add_hostile("a token as result", b"cnumpy\ndtype\n.")
add_hostile("a token in a list", b"(cnumpy\ndtype\nl.")
add_hostile("calls a number", b"K\x01)R.")
add_hostile("calls ndarray itself", b"cnumpy\nndarray\n(K\x03tR.")
add_hostile("reconstructs another class", b"cnumpy.core.multiarray\n_reconstruct\n(cnumpy\ndtype\n(K\x00tU\x01btR.")
f8 = b"cnumpy\ndtype\n(U\x02f8K\x00K\x01tR(K\x03U\x01<NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb"
add_hostile("byte order of bytes", f8 + b".")
buffer = b"\x80\x05cnumpy.core.numeric\n_frombuffer\n(C\x08" + struct.pack("<d", 1.0) + b"cnumpy\ndtype\n(X\x02\x00\x00\x00f8tR"
add_hostile("shape of 2^40 rows", buffer + b"(\x8a\x06\x00\x00\x00\x00\x00\x01tX\x01\x00\x00\x00CtR.")
add_hostile("shape below zero", buffer + b"(J\xff\xff\xff\xfftX\x01\x00\x00\x00CtR.")
add_hostile("shape of a text", buffer + b"X\x01\x00\x00\x00aX\x01\x00\x00\x00CtR.")
add_hostile("two rows of one number", buffer + b"(K\x02tX\x01\x00\x00\x00CtR.")
add_hostile("unknown protocol", b"\x80\x09].")
add_hostile("bytes of 2^62 bytes", b"\x8e" + struct.pack("<Q", 2**62) + b"x.")
add_hostile("bytearray of 2^63 bytes", b"\x96" + struct.pack("<Q", 2**63) + b"x.")
add_hostile("text of 4 GB", b"X\xff\xff\xff\xffx.")
add_hostile("number of 255 bytes", b"\x8a\xff" + b"\x7f" * 255 + b".")
add_hostile("LONG4", b"\x8b\xff\xff\xff\x7f\x01.")
add_hostile("no stop", pickle.dumps([1.0])[:-1])
add_hostile("cut in a number", b"G\x3f\xf0.")
add_hostile("only a stop", b".")
add_hostile("mark missing", b"e.")
add_hostile("append to nothing", b"K\x01a.")
add_hostile("append to a number", b"K\x01K\x02a.")
add_hostile("odd table", b"}(K\x01u.")
add_hostile("recalls what it did not remember", b"h\x07.")
add_hostile("two values left", b"]].")
add_hostile("mark as value", b"(.")
add_hostile("list in itself", b"]q\x00h\x00a.")
add_hostile("lists in lists, 10,000 deep", b"]" * 10_000 + b"a" * 9_999 + b".")
add_hostile("a line without end", b"I" + b"1" * 100)
add_hostile("whole number as code", b"I__import__('os')\n.")
add_hostile("number as code", b"Fnan+1\n.")
add_hostile("infinite number", b"(F1e400x\nl.")
add_hostile("text that is no UTF-8", b"X\x01\x00\x00\x00\xff.")

json.dump({"good": good, "hostile": hostile}, open(os.path.join(os.path.dirname(__file__) or ".", "vector-files.json"), "w"), indent=1, ensure_ascii=False)
print(len(good), "good,", len(hostile), "hostile, numpy", np.__version__)
