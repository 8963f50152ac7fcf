// What script adds to pages that work without it: passwords can be shown, Caps Lock is told of, a form is sent once.
for (const button of document.querySelectorAll('[data-reveal]')) {
  const input = document.getElementById(button.dataset.reveal);
  button.hidden = false;
  button.addEventListener('click', () => {
    const isShown = input.type === 'text';
    input.type = isShown ? 'password' : 'text';
    button.textContent = isShown ? 'Show' : 'Hide';
    button.setAttribute('aria-pressed', String(!isShown));
    input.focus();
  });
}

for (const hint of document.querySelectorAll('[data-caps]')) {
  const input = document.getElementById(hint.dataset.caps);
  const look = (event) => {
    hint.hidden = !event.getModifierState?.('CapsLock');
  };
  input.addEventListener('keydown', look);
  input.addEventListener('keyup', look);
  input.addEventListener('blur', () => {
    hint.hidden = true;
  });
}

for (const form of document.forms) {
  let isSent = false;
  form.addEventListener('submit', (event) => {
    if (isSent) event.preventDefault();
    isSent = true;
    // A password that is shown is sent as one: else browsers would remember it as text.
    for (const input of form.querySelectorAll('[data-reveal]')) {
      const field = document.getElementById(input.dataset.reveal);
      if (field) field.type = 'password';
    }
  });
}

// Coming back by the browser's history finds the form usable again.
addEventListener('pageshow', (event) => {
  if (event.persisted) location.reload();
});
