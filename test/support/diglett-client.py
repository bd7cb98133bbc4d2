"""A client of diglett, by what its protocol says: the loop of its example client, with a file for a microphone.

Prints a line for each answer: 1, 2 or 0 for the voice, compared as lists of numbers, and the level.
"""
import asyncio, base64, json, sys, urllib.request, uuid, wave
import websockets

HOST, PORT, VOICE_1, VOICE_2, TALK = sys.argv[1:]


def embed(path):
    boundary = uuid.uuid4().hex
    with open(path, "rb") as file:
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{path}"\r\n\r\n'
        body = head.encode() + file.read() + f"\r\n--{boundary}--\r\n".encode()
    headers = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
    request = urllib.request.Request(f"http://{HOST}:{PORT}/embed", data=body, headers=headers)
    with urllib.request.urlopen(request) as reply:
        answer = json.load(reply)
    return answer["speaker_embedding"], answer["avg_db"]


async def main():
    (one, _), (two, _) = embed(VOICE_1), embed(VOICE_2)
    with wave.open(TALK, "rb") as talk:
        blocks = []
        while block := talk.readframes(16000 // 3):
            blocks.append(block)
    async with websockets.connect(f"ws://{HOST}:{PORT}/stream") as socket:

        async def send():
            for block in blocks:
                data = base64.b64encode(block).decode("utf-8")
                await socket.send(json.dumps({"speaker_embedding": [one, two], "audio_data": data}))
                await asyncio.sleep(0)

        async def receive():
            for _ in blocks:
                message = json.loads(await socket.recv())
                voice = 1 if message["speaker"] == one else 2 if message["speaker"] == two else 0
                print(voice, f"{message['db']:.0f}", flush=True)
            await socket.send(json.dumps({"terminate_session": True}))

        await asyncio.gather(send(), receive())


asyncio.run(main())
