/*
 * Certificates for tests, valid for 100 years; the private keys are known to the world and protect nothing.
 * Made with openssl 3:
 *   openssl ecparam -name prime256v1 -genkey -noout | openssl pkcs8 -topk8 -nocrypt -out ca.key    # server.key too
 *   openssl req -x509 -new -key ca.key -days 36500 -subj "/CN=lanehook test authority" \
 *     -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign -out ca.pem
 *   openssl req -new -key server.key -subj "/CN=lanehook test receiver" -out server.csr
 *   openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key -days 36500 -extfile ext -out receiver.pem
 * where ext holds subjectAltName=…, extendedKeyUsage=serverAuth, basicConstraints=CA:FALSE; the expired one came
 * from `openssl ca -startdate 20200101000000Z -enddate 20200102000000Z`, the self-signed one from `req -x509`.
 */

/** The authority behind all but the self-signed certificate. */
export const authority = `-----BEGIN CERTIFICATE-----
MIIBrDCCAVGgAwIBAgIUC0ZRsUVLRrWlnWjl5otfKepuOHMwCgYIKoZIzj0EAwIw
IjEgMB4GA1UEAwwXbGFuZWhvb2sgdGVzdCBhdXRob3JpdHkwIBcNMjYxMTIzMDkx
OTI5WhgPMjEyNjEwMzAwOTE5MjlaMCIxIDAeBgNVBAMMF2xhbmVob29rIHRlc3Qg
YXV0aG9yaXR5MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEmlQW+yKdh32Qz8oo
uRbHvYcYnm15fs3PSxsxAvlE3uk0mu7R4WAGq+nWGm32dKVO4rp9SvuHn4145UvF
tNYAfqNjMGEwHQYDVR0OBBYEFOk2wZUuLB+bi69SIPQ+MxFGvkZ4MB8GA1UdIwQY
MBaAFOk2wZUuLB+bi69SIPQ+MxFGvkZ4MA8GA1UdEwEB/wQFMAMBAf8wDgYDVR0P
AQH/BAQDAgIEMAoGCCqGSM49BAMCA0kAMEYCIQDA5E1Qfj2Z9EYT98k/0eCOmXK8
Nb6syqeQnHSsSiwCQAIhAIBKFHt45Qh5n1ZW+Z90BHl4fJK8HePUxHECuy0mwyV3
-----END CERTIFICATE-----
`;

/** The key of every certificate below. */
export const serverKey = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgwmf3+sF3zXrawBe3
MBV/5ca3i0suC6U2LRSq9bDZPSehRANCAAS9Zt9S/4+K0O9m1dVGjOl3qvKCy4B6
ZO0fAgWpg+GEPRHAB1m6knj0i2ywnozQQ1gxZ0G9ZfuWg191x+wUXP9T
-----END PRIVATE KEY-----
`;

/** For hooks.example.com, other.example.com, 127.0.0.1 and ::1. */
export const receiverCertificate = `-----BEGIN CERTIFICATE-----
MIIB9DCCAZqgAwIBAgIUYvrD5y74lDOAfiWDnGFrWBui8M4wCgYIKoZIzj0EAwIw
IjEgMB4GA1UEAwwXbGFuZWhvb2sgdGVzdCBhdXRob3JpdHkwIBcNMjYxMTIzMDkx
OTI5WhgPMjEyNjEwMzAwOTE5MjlaMCExHzAdBgNVBAMMFmxhbmVob29rIHRlc3Qg
cmVjZWl2ZXIwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAS9Zt9S/4+K0O9m1dVG
jOl3qvKCy4B6ZO0fAgWpg+GEPRHAB1m6knj0i2ywnozQQ1gxZ0G9ZfuWg191x+wU
XP9To4GsMIGpMEcGA1UdEQRAMD6CEWhvb2tzLmV4YW1wbGUuY29tghFvdGhlci5l
eGFtcGxlLmNvbYcEfwAAAYcQAAAAAAAAAAAAAAAAAAAAATATBgNVHSUEDDAKBggr
BgEFBQcDATAJBgNVHRMEAjAAMB0GA1UdDgQWBBR1sT4FtVMiTqyjaNgdwtPWE7if
qzAfBgNVHSMEGDAWgBTpNsGVLiwfm4uvUiD0PjMRRr5GeDAKBggqhkjOPQQDAgNI
ADBFAiEAplHXgmAd/3yDDScenychJDm7PYUbxiMmAnJn4XXcHdYCIDmwg7p7RXet
csHELlwNeZZTiECeL53GX3zo1/wCygop
-----END CERTIFICATE-----
`;

/** For hooks.example.com only. */
export const namedCertificate = `-----BEGIN CERTIFICATE-----
MIIByTCCAW6gAwIBAgIUYvrD5y74lDOAfiWDnGFrWBui8M8wCgYIKoZIzj0EAwIw
IjEgMB4GA1UEAwwXbGFuZWhvb2sgdGVzdCBhdXRob3JpdHkwIBcNMjYxMTIzMDkx
OTI5WhgPMjEyNjEwMzAwOTE5MjlaMCExHzAdBgNVBAMMFmxhbmVob29rIHRlc3Qg
cmVjZWl2ZXIwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAS9Zt9S/4+K0O9m1dVG
jOl3qvKCy4B6ZO0fAgWpg+GEPRHAB1m6knj0i2ywnozQQ1gxZ0G9ZfuWg191x+wU
XP9To4GAMH4wHAYDVR0RBBUwE4IRaG9va3MuZXhhbXBsZS5jb20wEwYDVR0lBAww
CgYIKwYBBQUHAwEwCQYDVR0TBAIwADAdBgNVHQ4EFgQUdbE+BbVTIk6so2jYHcLT
1hO4n6swHwYDVR0jBBgwFoAU6TbBlS4sH5uLr1Ig9D4zEUa+RngwCgYIKoZIzj0E
AwIDSQAwRgIhAK0BLm5wg9vPC8caVFTfcBQNMiXL7a6Ivt7Rl4qPNkP5AiEAuKlb
XYsa9gbXBd30PjNhlTxEz4OMVw5ZJoenoZSJE0I=
-----END CERTIFICATE-----
`;

/** For hooks.example.com and 127.0.0.1, until January 2020. */
export const expiredCertificate = `-----BEGIN CERTIFICATE-----
MIIBujCCAWCgAwIBAgIBdzAKBggqhkjOPQQDAjAiMSAwHgYDVQQDDBdsYW5laG9v
ayB0ZXN0IGF1dGhvcml0eTAeFw0yMDAxMDEwMDAwMDBaFw0yMDAxMDIwMDAwMDBa
MCExHzAdBgNVBAMMFmxhbmVob29rIHRlc3QgcmVjZWl2ZXIwWTATBgcqhkjOPQIB
BggqhkjOPQMBBwNCAAS9Zt9S/4+K0O9m1dVGjOl3qvKCy4B6ZO0fAgWpg+GEPRHA
B1m6knj0i2ywnozQQ1gxZ0G9ZfuWg191x+wUXP9To4GHMIGEMCIGA1UdEQQbMBmC
EWhvb2tzLmV4YW1wbGUuY29thwR/AAABMBMGA1UdJQQMMAoGCCsGAQUFBwMBMAkG
A1UdEwQCMAAwHQYDVR0OBBYEFHWxPgW1UyJOrKNo2B3C09YTuJ+rMB8GA1UdIwQY
MBaAFOk2wZUuLB+bi69SIPQ+MxFGvkZ4MAoGCCqGSM49BAMCA0gAMEUCIEurLPsR
xfxlPi18otrStxpxJ63gJ3SCWzXBM9wBXPuxAiEArQKQHHZt01IpPM9+V1UcGYdi
HJbqKDZoQo64CEb7dfw=
-----END CERTIFICATE-----
`;

/** For hooks.example.com, signed by itself. */
export const selfSignedCertificate = `-----BEGIN CERTIFICATE-----
MIIBrTCCAVOgAwIBAgIUPvfjEmXWuutGUf02Ai9niirmZIUwCgYIKoZIzj0EAwIw
HDEaMBgGA1UEAwwRaG9va3MuZXhhbXBsZS5jb20wIBcNMjYxMTIzMDkzOTIwWhgP
MjEyNjEwMzAwOTM5MjBaMBwxGjAYBgNVBAMMEWhvb2tzLmV4YW1wbGUuY29tMFkw
EwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEvWbfUv+PitDvZtXVRozpd6rygsuAemTt
HwIFqYPhhD0RwAdZupJ49ItssJ6M0ENYMWdBvWX7loNfdcfsFFz/U6NxMG8wHQYD
VR0OBBYEFHWxPgW1UyJOrKNo2B3C09YTuJ+rMB8GA1UdIwQYMBaAFHWxPgW1UyJO
rKNo2B3C09YTuJ+rMA8GA1UdEwEB/wQFMAMBAf8wHAYDVR0RBBUwE4IRaG9va3Mu
ZXhhbXBsZS5jb20wCgYIKoZIzj0EAwIDSAAwRQIhAJlxpuyEj0QUPogCsR7qU8lF
C8mJY+JSIT4ZE2jb0YKIAiAEQEqfbdQpSByzCCz3fNvA1eC7aa9or/7C0eNuPOyR
EQ==
-----END CERTIFICATE-----
`;
