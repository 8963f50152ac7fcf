/** The mark: an arched door, in the ink of whatever surrounds it. The words beside it name it. */
export const Mark = () => (
  <svg class="mark" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
    <path
      fill="currentColor"
      fill-rule="evenodd"
      d="M3 22V11a9 9 0 0 1 18 0v11h-2.5V11a6.5 6.5 0 0 0-13 0v11Zm5 0V11a4 4 0 0 1 8 0v11Zm4.6-6.2a1.15 1.15 0 1 0 2.3 0 1.15 1.15 0 0 0-2.3 0Z"
    />
  </svg>
);
