import type { Child } from 'hono/jsx';

/** What is wrong with what was sent, in words that say what to do. */
export interface Problem {
  /** The name of the field; none for what concerns the whole. */
  field?: string;
  message: string;
}

export interface FormProps {
  action: string;
  /** Proves that the form was ours. */
  csrf: string;
  problems?: readonly Problem[];
  children?: Child;
}

/** A form that works without script; what is wrong stands above it and takes the focus. */
export const Form = ({ action, csrf, problems = [], children }: FormProps) => (
  <>
    <ErrorSummary problems={problems} />
    <form method="post" action={action} class="form" novalidate>
      <input type="hidden" name="csrf" value={csrf} />
      {children}
    </form>
  </>
);

export const ErrorSummary = ({ problems }: { problems: readonly Problem[] }) =>
  problems.length === 0 ? null : (
    <div class="notice-box notice-danger" id="problems" role="alert" tabindex={-1} autofocus>
      {problems.length === 1 ? (
        <p>{problems[0]?.message}</p>
      ) : (
        <ul>
          {problems.map(({ message }) => (
            <li>{message}</li>
          ))}
        </ul>
      )}
    </div>
  );

/** Tells of something that went well, or of nothing wrong. */
export const Notice = ({ children }: { children: Child }) => (
  <div class="notice-box" role="status">
    <p>{children}</p>
  </div>
);

export interface FieldProps {
  name: string;
  label: string;
  value?: string | null | undefined;
  autocomplete: string;
  type?: 'text' | 'email' | 'password';
  hint?: string;
  isRequired?: boolean;
  hasFocus?: boolean;
  problems?: readonly Problem[];
  inputmode?: 'numeric';
  maxlength?: number;
}

/** A labelled field; its hint and what is wrong with it, which stands above the form, are read out with it. */
export const Field = (props: FieldProps) => {
  const { name, label, value, autocomplete, type = 'text', hint, problems = [] } = props;
  const wrong = problems.filter(({ field }) => field === name);
  const described = [hint ? `${name}-hint` : '', wrong.length > 0 ? 'problems' : ''].filter(Boolean);
  return (
    <div class={wrong.length > 0 ? 'field field-wrong' : 'field'}>
      <label for={name}>{label}</label>
      <div class="field-box">
        <input
          id={name}
          name={name}
          type={type}
          value={value ?? undefined}
          autocomplete={autocomplete}
          required={props.isRequired}
          autofocus={props.hasFocus && problems.length === 0}
          inputmode={props.inputmode}
          maxlength={props.maxlength}
          dir={type === 'text' && props.inputmode === undefined ? 'auto' : 'ltr'}
          autocapitalize={type === 'text' ? undefined : 'none'}
          spellcheck={type === 'text' ? undefined : false}
          aria-describedby={described.length > 0 ? described.join(' ') : undefined}
          aria-invalid={wrong.length > 0 ? 'true' : undefined}
        />
        {type === 'password' && (
          <button type="button" class="reveal" data-reveal={name} aria-pressed="false" hidden>
            Show
          </button>
        )}
      </div>
      {type === 'password' && (
        <p class="field-hint" data-caps={name} role="status" hidden>
          Caps Lock is on.
        </p>
      )}
      {hint && (
        <p class="field-hint" id={`${name}-hint`}>
          {hint}
        </p>
      )}
    </div>
  );
};

/** Six digits from a message; pasting is welcome. */
export const CodeField = ({ problems = [] }: { problems?: readonly Problem[] }) => (
  <Field
    name="code"
    label="Code"
    autocomplete="one-time-code"
    inputmode="numeric"
    maxlength={20}
    isRequired
    hasFocus
    problems={problems}
  />
);

/** The one thing to do. */
export const PrimaryButton = ({
  children,
  name,
  value,
}: {
  children: Child;
  name?: string;
  value?: string;
}) => (
  <button type="submit" class="button button-primary button-wide" name={name} value={value}>
    {children}
  </button>
);

/** Whose account it is, and the way back to say another. */
export const Identity = ({ email, changeUrl }: { email: string; changeUrl: string }) => (
  <p class="login-identity">
    <bdi>{email}</bdi>
    <a href={changeUrl}>
      Change<span class="visually-hidden"> email address</span>
    </a>
    {/* For password managers, which look for the name beside the password. */}
    <input
      class="visually-hidden"
      type="text"
      name="username"
      value={email}
      autocomplete="username"
      readonly
      tabindex={-1}
      aria-hidden="true"
    />
  </p>
);
