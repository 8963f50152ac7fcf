/** Server-rendered pages: their frame, components and style. They work without script. */
export { type Assets, assetOperations, readAssets } from './assets.ts';
export { type EmailParts, type EmailText, writeEmail } from './emails/email.tsx';
export { Layout } from './components/layout.tsx';
export { Moment } from './components/moment.tsx';
export { CodeField, Field, Form, Identity, Notice, PrimaryButton, type Problem } from './login/form.tsx';
export { type Branding, LoginLayout } from './login/layout.tsx';
export { renderPage } from './render.ts';
