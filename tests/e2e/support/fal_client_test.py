"""FAL's client for Python, as published, against a server.

It knows FAL's hosts and no proxy, so its requests are led away below it: to the proxy's one address, or to a simulator that stands for all hosts.

    LIKENESS_THROUGH   the proxy's address, or none
    LIKENESS_HOSTS     the simulator's address, or none
    LIKENESS_MEDIA     where requests to FAL's media host go; nowhere if it is not set
"""

import asyncio
import os
import tempfile
import unittest

import httpx

os.environ["FAL_KEY"] = "the-key:of-the-test"
import fal_client
from fal_client import client as inner

LORA, FINETUNED, ULTRA = "fal-ai/flux-lora", "fal-ai/flux-pro/finetuned", "fal-ai/flux-pro/v1.1-ultra-finetuned"
PORTRAIT = {
    "prompt": "TOK, a harbour in the fog",
    "loras": [{"path": "https://weights.example/tok.safetensors", "scale": 1}],
    "image_size": {"width": 256, "height": 256},
}
ARTISTIC = {"prompt": "ARTST, a harbour in the fog", "finetune_id": "f-1", "finetune_strength": 1.1, "image_size": "square"}

THROUGH, HOSTS, MEDIA = (os.environ.get(f"LIKENESS_{name}") for name in ("THROUGH", "HOSTS", "MEDIA"))
PARTS = {"queue.fal.run": "queue", "fal.run": "run", "rest.fal.ai": "rest"}
asked = []


def led(request):
    """The request as it leaves."""
    asked.append((request.method, str(request.url)))
    host, path = request.url.host, request.url.raw_path.decode()
    headers = [(name, value) for name, value in request.headers.raw if name.lower() != b"host"]
    if host == "v3.fal.media":
        if not MEDIA:
            raise httpx.ConnectError("not from here", request=request)
        url = MEDIA + path
    elif host not in PARTS:
        return request
    elif THROUGH:
        url = THROUGH
        # The server has a key of its own; the caller's would be taken for a sign-in.
        headers = [(name, value) for name, value in headers if name.lower() != b"authorization"]
        headers.append((b"x-fal-target-url", str(request.url).encode()))
    else:
        url = f"{HOSTS}/{PARTS[host]}{path}"
    headers.append((b"host", httpx.URL(url).netloc))
    return httpx.Request(request.method, url, headers=headers, stream=request.stream, extensions=request.extensions)


def lead_away():
    once, later = httpx.HTTPTransport.handle_request, httpx.AsyncHTTPTransport.handle_async_request
    httpx.HTTPTransport.handle_request = lambda self, request: once(self, led(request))

    async def handle(self, request):
        return await later(self, led(request))

    httpx.AsyncHTTPTransport.handle_async_request = handle


def fetched(url):
    """What lies there. A busy machine may take a while to draw it."""
    return httpx.get(url, timeout=60)


class Client(unittest.TestCase):
    def setUp(self):
        asked.clear()

    def picture(self, output):
        reply = fetched(output["images"][0]["url"])
        self.assertEqual(reply.headers["content-type"], "image/jpeg")
        self.assertIn(b"digitalsourcetype/algorithmicMedia", reply.content)

    def test_a_run_is_submitted_followed_and_fetched(self):
        handle = fal_client.submit(LORA, PORTRAIT, hint="user-42", priority="low", start_timeout=30)
        seen = list(handle.iter_events(with_logs=True, interval=0.01))
        self.assertIsInstance(seen[-1], fal_client.Completed)
        self.assertIsInstance(seen[-1].logs, list)
        self.assertTrue(all(set(entry) >= {"message", "timestamp"} for entry in seen[-1].logs))
        self.assertIsNone(fal_client.status(LORA, handle.request_id).logs)
        self.assertTrue(any("logs=true" in url for _, url in asked), asked)
        self.assertTrue(any("logs=false" in url for _, url in asked), asked)
        self.picture(fal_client.result(LORA, handle.request_id))

    def test_subscribe_waits_for_each_endpoint(self):
        for endpoint, body in [(LORA, PORTRAIT), (FINETUNED, ARTISTIC), (ULTRA, {**ARTISTIC, "aspect_ratio": "16:9"})]:
            ids, updates = [], []
            output = fal_client.subscribe(
                endpoint, body, with_logs=True, interval=0.01, on_enqueue=ids.append, on_queue_update=updates.append
            )
            if endpoint != ULTRA:  # Four megapixels would be drawn.
                self.picture(output)
            self.assertEqual(len(ids), 1)
            self.assertIsInstance(updates[-1], fal_client.Completed)

    def test_a_direct_run_answers_with_the_picture(self):
        output = fal_client.run(LORA, {**PORTRAIT, "seed": -7, "num_inference_steps": 28.0})
        self.assertEqual(output["seed"], -7)
        self.picture(output)

    def test_a_run_that_is_over_cannot_be_cancelled(self):
        handle = fal_client.submit(LORA, PORTRAIT)
        handle.get(interval=0.01)
        with self.assertRaises(fal_client.FalClientHTTPError) as refused:
            handle.cancel()
        self.assertEqual(refused.exception.status_code, 400)

    def test_a_refused_value_is_told_beside_its_field(self):
        with self.assertRaises(fal_client.FalClientHTTPError) as refused:
            fal_client.submit(LORA, {**PORTRAIT, "num_images": 9}).get(interval=0.01)
        self.assertEqual(refused.exception.status_code, 422)
        self.assertEqual(refused.exception.message[0]["loc"], ["body", "num_images"])

    def test_the_same_without_waiting_in_between(self):
        async def everything():
            client = fal_client.AsyncClient()
            handle = await client.submit(LORA, PORTRAIT)
            seen = [event async for event in handle.iter_events(with_logs=True, interval=0.01)]
            self.assertIsInstance(seen[-1], fal_client.Completed)
            self.picture(await handle.get(interval=0.01))
            self.picture(await client.run(LORA, PORTRAIT))
            url = await client.upload(b"weights", "application/octet-stream", "tok.safetensors")
            self.assertEqual(fetched(url).content, b"weights")

        asyncio.run(everything())

    def test_a_small_file_is_uploaded(self):
        # A client of its own, which has no token yet.
        url = fal_client.SyncClient().upload(b"weights", "application/octet-stream", "tok.safetensors")
        self.assertEqual(fetched(url).content, b"weights")
        self.assertTrue(any("/storage/auth/token" in url for _, url in asked), asked)
        # Where the media host is not reached, the client falls back to a bucket.
        self.assertEqual(bool(MEDIA), not any("storage_type=gcs" in url for _, url in asked))

    def test_a_file_with_a_life_of_its_own_is_uploaded(self):
        settings = fal_client.StorageSettings(expires_in="1d")
        url = fal_client.upload(b"weights", "text/plain", lifecycle=settings, repository="fal")
        # What is no picture is only ever handed over as a file, whatever its sender calls it.
        headers = fetched(url).headers
        self.assertEqual(headers["content-type"], "application/octet-stream")
        self.assertTrue(headers["content-disposition"].startswith("attachment"), headers)

    def test_a_large_file_is_uploaded_in_parts(self):
        content = os.urandom(1 << 20) * 5 + b"the end"
        with tempfile.NamedTemporaryFile(suffix=".safetensors") as file:
            file.write(content)
            file.flush()
            url = fal_client.upload_file(file.name)
        self.assertEqual(fetched(url).content, content)
        self.assertTrue(any(url.endswith("/complete") for _, url in asked), asked)

    def test_an_address_to_report_to(self):
        submit = lambda: fal_client.submit(LORA, PORTRAIT, webhook_url="https://hook.example/done")
        if not THROUGH:
            return self.picture(submit().get(interval=0.01))
        with self.assertRaises(fal_client.FalClientHTTPError) as refused:
            submit()
        self.assertEqual(refused.exception.status_code, 400)
        self.assertIn("fal_webhook", refused.exception.response.text)


if __name__ == "__main__":
    # A hundred million bytes would take long to send, and ten attempts to reach a host that is not there to make.
    inner.MAX_ATTEMPTS = 3
    inner.MULTIPART_THRESHOLD, inner.MULTIPART_CHUNK_SIZE = 2 << 20, 1 << 20
    lead_away()
    unittest.main()
