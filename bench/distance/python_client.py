"""Python's standard library as a client: `python_client.py BASE_URL BODY` prints the milliseconds
up to the first token. Reading the authorities (SSL_CERT_FILE) is not counted."""

import http.client
import ssl
import sys
import time
from urllib.parse import urlsplit

base_url, body = sys.argv[1:]
url = urlsplit(base_url)
context = ssl.create_default_context()
asked_at = time.perf_counter()
if url.scheme == "https":
    connection = http.client.HTTPSConnection(url.netloc, context=context)
else:
    connection = http.client.HTTPConnection(url.netloc)
headers = {"content-type": "application/json", "authorization": "Bearer bench"}
connection.request("POST", url.path + "/chat/completions", body, headers)
response = connection.getresponse()
for line in response:
    if b" word number 0" in line:
        print((time.perf_counter() - asked_at) * 1000)
        sys.exit()
sys.exit(f"The stream had no token: {response.status}")
