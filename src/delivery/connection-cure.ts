const CURES: readonly (readonly [RegExp, string])[] = [
  [/\bHPE_/, 'HTTP/1.1 is not spoken there: if it is the port for gRPC (4317), set otlp.protocol to grpc'],
  [/Protocol error/, 'gRPC is not spoken there: if it is the port for HTTP (4318), set otlp.protocol to http/protobuf'],
  [/EPROTO|wrong.version.number/i, 'TLS is not spoken there: is it http:// instead of https://?'],
  [
    /SSL.*alert/i,
    'the receiver broke off the TLS handshake: does it ask for a certificate (otlp.clientCertificate, otlp.clientKey) that it knows?',
  ],
  [
    /CERT_|_CERT|LEAF_SIGNATURE|certificate|altnames/i,
    "the receiver's certificate is not trusted: set otlp.certificate to that of its authority, and look at its date and host name",
  ],
]

/** What a user can do about a connection that failed in this way; undefined when it may pass by itself. */
export function connectionCure(failure: string): string | undefined {
  return CURES.find(([pattern]) => pattern.test(failure))?.[1]
}
