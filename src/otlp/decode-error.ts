/** Bytes or JSON that are not the OTLP request they claim to be. The message names the field and, for protobuf, the offset. */
export class OtlpDecodeError extends Error {
  override readonly name = 'OtlpDecodeError'
}
