export {
  type SignatureFault,
  signWebhook,
  verifyWebhook,
  writeSignatureHeader,
} from './webhook-signature.ts';
