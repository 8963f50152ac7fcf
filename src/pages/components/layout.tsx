import type { Child } from 'hono/jsx';
import type { Assets } from '../assets.ts';
import { Mark } from './mark.tsx';

export interface LayoutProps {
  assets: Assets;
  /** The only h1, and the first half of the window's title. */
  title: string;
  /** Stands above the title: the way back. */
  before?: Child;
  /** One sentence below the title. */
  lead?: Child;
  /** Stands beside the title. */
  actions?: Child;
  /** Where the mark leads. */
  home: string;
  /** What this part of Doorwright is called, for example `Development`. */
  area: string;
  footer?: Child;
  children?: Child;
}

/** The frame of every page: skip link, header with the mark, one main with one h1, footer. */
export const Layout = (props: LayoutProps) => (
  <html lang="en">
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="color-scheme" content="light dark" />
      <title>{`${props.title} · Doorwright`}</title>
      <link rel="icon" href={props.assets.url('mark.svg')} type="image/svg+xml" />
      <link rel="stylesheet" href={props.assets.url('doorwright.css')} />
    </head>
    <body>
      <a class="skip" href="#content">
        Skip to content
      </a>
      <header class="bar">
        <a class="brand" href={props.home}>
          <Mark />
          Doorwright
        </a>
        <span class="chip">{props.area}</span>
      </header>
      <main id="content" tabindex={-1}>
        {props.before}
        <div class="title">
          <div>
            <h1>
              <bdi>{props.title}</bdi>
            </h1>
            {props.lead && <p class="lead">{props.lead}</p>}
          </div>
          {props.actions && <div class="actions">{props.actions}</div>}
        </div>
        {props.children}
      </main>
      {props.footer && <footer class="foot">{props.footer}</footer>}
    </body>
  </html>
);
