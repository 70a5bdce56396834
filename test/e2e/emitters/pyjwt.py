"""A service that checks tokens with PyJWT and logs with the standard library.

Arguments: input file, log file, layout ("message" or "traceback").
"""

import json
import logging
import sys

import jwt

_, input_file, log_file, layout = sys.argv
with open(input_file) as source:
    given = json.load(source)

logging.basicConfig(
    filename=log_file, level=logging.INFO, format="%(asctime)s %(levelname)s [%(name)s] %(message)s"
)
log = logging.getLogger("orders.auth")

for request in given["requests"]:
    try:
        claims = jwt.decode(
            request.get("token"),
            given["publicPem"],
            algorithms=["RS256"],
            issuer=given["issuer"],
            audience=given["audience"],
            options={"require": ["exp", "iat"]},
        )
        log.info("token accepted for %s", claims["client_id"])
    except jwt.PyJWTError as error:
        if layout == "traceback":
            log.exception("authentication failed")
        else:
            log.warning("authentication failed: %s", error)
