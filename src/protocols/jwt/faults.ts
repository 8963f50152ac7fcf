/** Sentences for the log and for those who integrate; none quotes the token. */
const messages = {
  malformed: 'The token is not a compact JWS with a JSON header and payload.',
  algorithm_not_allowed: 'The token names an algorithm that is not accepted here.',
  critical_header: 'The token asks for extensions that are not understood.',
  type_mismatch: 'The token is of another type.',
  unknown_key: 'The token was signed with a key that is not known here, or no longer.',
  signature_invalid: 'The signature does not match.',
  claim_malformed: 'A registered claim has the wrong type, or a required one is missing.',
  issuer_mismatch: 'The token was issued by somebody else.',
  audience_mismatch: 'The token is meant for somebody else.',
  expired: 'The token has expired.',
  not_yet_valid: 'The token is not valid yet.',
} as const;

export type JwtFaultCode = keyof typeof messages;
export type JwtFault = { readonly code: JwtFaultCode; readonly message: string };

/** The fault of a code, with its sentence. */
export const jwtFault = (code: JwtFaultCode): JwtFault => ({ code, message: messages[code] });
