import { raw } from 'hono/html';
import type { Child } from 'hono/jsx';

/** A message as `sendMail` takes it, without its recipient. */
export interface EmailText {
  subject: string;
  html: string;
  text: string;
}

/** The parts of every message of ours: one thing to know or to do. */
export interface EmailParts {
  /** Who writes: the name of the application, as its people know it. */
  sender: string;
  subject: string;
  title: string;
  /** Sentences before and after what the message carries. */
  lead: string;
  /** A code to type, shown large. */
  code?: string;
  /** A link to follow. */
  action?: { label: string; url: string };
  /** How long it holds, and what to do for whoever did not ask. */
  notes: readonly string[];
}

/** Writes a message in HTML and in text. Text of people is escaped; addresses are never shortened. */
export async function writeEmail(parts: EmailParts): Promise<EmailText> {
  return {
    subject: oneLine(parts.subject),
    html: String(await Promise.resolve(<Email {...parts} />)),
    text: writeText(parts),
  };
}

/** Names that were stored before they had to be one line can hold line breaks and turn directions; a subject cannot. */
const oneLine = (text: string): string =>
  // Cut between characters: half of a surrogate pair is no text for a header.
  [...text.replace(/[\p{Cc}\s\u202a-\u202e\u2066-\u2069]+/gu, ' ').trim()].slice(0, 200).join('');

function writeText({ title, lead, code, action, notes, sender }: EmailParts): string {
  const carried = [...(code ? [`    ${code}`] : []), ...(action ? [`${action.label}:\n${action.url}`] : [])];
  return `${[title, lead, ...carried, ...notes, `-- \n${oneLine(sender)}`].join('\n\n')}\n`;
}

// Mail programs know no style sheets: tables, and every style on its element. Colours have contrast on white and on the
// dark grounds that some programs put in its place.
const font =
  "font-family:system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif;font-size:16px;line-height:24px;";

const Paragraph = ({ children, muted }: { children: Child; muted?: boolean }) => (
  <p style={`${font}margin:0 0 16px;color:${muted ? '#475569' : '#0f172a'};`}>{children}</p>
);

const Email = ({ sender, subject, title, lead, code, action, notes }: EmailParts) => (
  <>
    {raw('<!doctype html>')}
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>{oneLine(subject)}</title>
      </head>
      <body style="margin:0;padding:0;background:#f8fafc;">
        <table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="background:#f8fafc;">
          <tr>
            <td align="center" style="padding:32px 16px;">
              <table
                role="presentation"
                width="100%"
                cellpadding="0"
                cellspacing="0"
                style="max-width:480px;background:#ffffff;border:1px solid #e2e8f0;border-radius:12px;"
              >
                <tr>
                  <td style="padding:32px;">
                    <h1 style={`${font}font-size:24px;line-height:32px;margin:0 0 16px;color:#0f172a;`}>
                      {title}
                    </h1>
                    <Paragraph>{lead}</Paragraph>
                    {code && <Code code={code} />}
                    {action && <Action {...action} />}
                    {notes.map((note) => (
                      <Paragraph muted>{note}</Paragraph>
                    ))}
                    <p style={`${font}font-size:14px;margin:24px 0 0;color:#475569;`}>
                      <bdi>{oneLine(sender)}</bdi>
                    </p>
                  </td>
                </tr>
              </table>
            </td>
          </tr>
        </table>
      </body>
    </html>
  </>
);

const Code = ({ code }: { code: string }) => (
  <p
    style={`${font}margin:0 0 16px;padding:16px;background:#f1f5f9;border-radius:8px;text-align:center;font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;font-size:32px;line-height:40px;letter-spacing:6px;color:#0f172a;`}
  >
    {code}
  </p>
);

const Action = ({ label, url }: { label: string; url: string }) => (
  <>
    <p style="margin:0 0 16px;">
      <a
        href={url}
        style={`${font}display:inline-block;padding:10px 20px;background:#4f46e5;border-radius:8px;color:#ffffff;font-weight:600;text-decoration:none;`}
      >
        {label}
      </a>
    </p>
    <p style={`${font}font-size:14px;margin:0 0 16px;color:#475569;word-break:break-all;`}>{url}</p>
  </>
);
