import type { Child } from 'hono/jsx';
import type { Assets } from '../assets.ts';
import { Mark } from '../components/mark.tsx';

/** How an environment looks to the people who sign in to it. */
export interface Branding {
  /** What people know the application as. */
  name: string;
  logoUrl: string | null;
  /** For dark grounds; the other one when there is none. */
  darkLogoUrl: string | null;
  faviconUrl: string | null;
  /** Colours, as a style sheet of tokens. */
  styleUrl: string | null;
  appearance: 'auto' | 'light' | 'dark';
}

export interface LoginLayoutProps {
  assets: Assets;
  branding: Branding;
  /** The only h1, and the first half of the window's title. */
  title: string;
  /** Which page it is, for branding and tests. */
  page: string;
  lead?: Child;
  /** Below the column: the way to the other page. */
  footer?: Child;
  /** Sends the browser on by itself, as no form may. */
  refreshTo?: string;
  children?: Child;
}

/** The frame of every page on which people sign in: one column, the application's mark, one h1. */
export const LoginLayout = (props: LoginLayoutProps) => {
  const { assets, branding, title, page, lead, footer, refreshTo, children } = props;
  return (
    <html lang="en" data-appearance={branding.appearance}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content={colorScheme[branding.appearance]} />
        <meta name="robots" content="noindex" />
        {refreshTo !== undefined && <meta http-equiv="refresh" content={`0;url=${refreshTo}`} />}
        <title>{`${title} · ${branding.name}`}</title>
        <link rel="icon" href={branding.faviconUrl ?? assets.url('mark.svg')} />
        <link rel="stylesheet" href={assets.url('doorwright.css')} />
        <link rel="stylesheet" href={assets.url('login.css')} />
        {branding.styleUrl && <link rel="stylesheet" href={branding.styleUrl} />}
        <script src={assets.url('login.js')} defer></script>
      </head>
      <body class="login" data-page={page}>
        <main id="content" tabindex={-1}>
          <div class="login-brand">
            <Logo branding={branding} />
          </div>
          <h1>{title}</h1>
          {lead && <p class="lead">{lead}</p>}
          {children}
          {footer && <div class="login-foot">{footer}</div>}
        </main>
      </body>
    </html>
  );
};

const colorScheme = { auto: 'light dark', light: 'light', dark: 'dark' } as const;

const Logo = ({ branding }: { branding: Branding }) => {
  const { logoUrl, darkLogoUrl, name, appearance } = branding;
  if (logoUrl === null && darkLogoUrl === null) {
    return (
      <span class="login-name">
        <Mark />
        <bdi>{name}</bdi>
      </span>
    );
  }
  const light = logoUrl ?? darkLogoUrl ?? '';
  const dark = darkLogoUrl ?? light;
  if (appearance !== 'auto') {
    return <img class="login-logo" src={appearance === 'dark' ? dark : light} alt={name} />;
  }
  return (
    <picture>
      <source srcset={dark} media="(prefers-color-scheme: dark)" />
      <img class="login-logo" src={light} alt={name} />
    </picture>
  );
};
