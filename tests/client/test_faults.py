import pytest

from sfsync import exceptions
from sfsync.client import answers

FAULT = b"""<?xml version="1.0" encoding="UTF-8"?>
<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"
 xmlns:sf="urn:fault.partner.soap.sforce.com"><soapenv:Body><soapenv:Fault>
<faultcode>sf:INVALID_LOGIN</faultcode>
<faultstring>INVALID_LOGIN: Invalid username, password, security token; or user locked out.</faultstring>
</soapenv:Fault></soapenv:Body></soapenv:Envelope>"""
ERRORS = b"""<?xml version="1.0" encoding="UTF-8"?><Errors><Error><errorCode>NOT_FOUND</errorCode>
<message>The requested resource does not exist</message></Error></Errors>"""


@pytest.mark.parametrize(
    ("status", "content", "kind", "code", "message"),
    [
        (500, FAULT, exceptions.SignInFailed, "INVALID_LOGIN", "INVALID_LOGIN: Invalid username"),
        (404, ERRORS, exceptions.NotFound, "NOT_FOUND", "The requested resource"),
        (503, b"<html><body>Down for maintenance</body></html>", exceptions.Unavailable, "", ""),
        (500, b"<soapenv:Envelope", exceptions.Unavailable, "", ""),
    ],
)
def test_errors_in_xml_go_by_the_same_table(status, content, kind, code, message):
    with pytest.raises(kind) as caught:
        answers.parse(status, content, "services/x")
    assert type(caught.value) is kind
    assert caught.value.code == code
    assert caught.value.org_message.startswith(message)
    assert "Invalid username" not in str(caught.value)
