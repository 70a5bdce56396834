"""A resource server on http.server and PyJWT, logging with the standard library.

Arguments: input file, log file. Writes its port to standard output; reads its input again on SIGHUP (a deploy) and says
"loaded" there when that is done; ends with standard input.
"""

import json
import logging
import os
import signal
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import jwt

_, input_file, log_file = sys.argv


def read():
    with open(input_file) as source:
        plan = json.load(source)
    keys = jwt.PyJWKClient(plan["jwksUri"])
    if plan["keys"] == "startup":
        kept = keys.get_jwk_set()
        keys.get_jwk_set = lambda refresh=False: kept
    return plan, keys


state = read()


def deploy(*_):
    global state
    state = read()
    log.info("configuration loaded: audience %s", state[0]["audience"])
    print("loaded", flush=True)


signal.signal(signal.SIGHUP, deploy)

LAYOUTS = {
    "python": ("%(asctime)s %(levelname)s [%(name)s] %(message)s", None),
    "python-zone": ("%(asctime)s %(levelname)s %(name)s %(message)s", "%Y-%m-%dT%H:%M:%S%z"),
    "python-seconds": ("%(asctime)s - %(name)s - %(levelname)s - %(message)s", "%Y-%m-%d %H:%M:%S"),
}
form, datefmt = LAYOUTS[state[0]["layout"]]
logging.basicConfig(filename=log_file, level=logging.INFO, format=form, datefmt=datefmt)
log = logging.getLogger("%s.auth" % state[0]["service"])
access = logging.getLogger("%s.http" % state[0]["service"])


class Refused(Exception):
    def __init__(self, status, message):
        super().__init__(message)
        self.status = status


def claims_of(headers, scope):
    plan, keys = state
    scheme, _, token = (headers["authorization"] or "").partition(" ")
    if scheme != "Bearer":
        raise Refused(401, "Authorization header is missing")
    claims = jwt.decode(
        token,
        keys.get_signing_key_from_jwt(token).key,
        algorithms=["RS256"],
        issuer=plan["issuer"],
        audience=plan["audience"],
        leeway=plan["leeway_s"],
        options={"require": ["exp", "iat"]},
    )
    if scope not in claims["scope"].split():
        raise Refused(403, "insufficient_scope: %s is needed" % scope)
    return claims


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def respond(self, scope):
        plan, _ = state
        mark = " request_id=%s" % self.headers["x-request-id"] if plan["habits"]["ids"] else ""
        try:
            claims = claims_of(self.headers, "%s:%s" % (plan["route"], scope))
            instants = " iat=%d exp=%d" % (claims["iat"], claims["exp"]) if plan["habits"]["accepts"] else ""
            log.info("token accepted for %s%s%s", claims["client_id"], instants, mark)
            self.answer(200)
        except (jwt.PyJWTError, Refused) as error:
            if plan["habits"]["traces"] and isinstance(error, jwt.PyJWTError):
                log.exception("authentication failed%s", mark)
            else:
                log.warning("authentication failed: %s%s", error, mark)
            self.answer(getattr(error, "status", 401))
        except Exception:
            log.exception("unhandled error%s", mark)
            self.answer(500)

    def answer(self, status):
        self.send_response(status)
        self.send_header("content-length", "0")
        self.end_headers()

    def do_GET(self):
        self.respond("read")

    def do_POST(self):
        self.respond("write")

    def log_message(self, form, *args):
        if state[0]["habits"]["completes"]:
            access.info(form, *args)


server = ThreadingHTTPServer(("127.0.0.1", state[0]["port"]), Handler)
server.daemon_threads = True
print(server.server_address[1], flush=True)
threading.Thread(target=server.serve_forever, daemon=True).start()
sys.stdin.read()
logging.shutdown()
os._exit(0)
