/** The mark: an arched door, in the ink of whatever surrounds it. The words beside it name it. */
export const Mark = () => (
  <svg class="mark" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
    <path
      fill="currentColor"
      fill-rule="evenodd"
      d="M5 20V9.5a7 7 0 0 1 14 0V20h2v2H3v-2Zm9.4-6.6a1.35 1.35 0 1 0 2.7 0 1.35 1.35 0 0 0-2.7 0Z"
    />
  </svg>
);
