/** The page's icon: a ring around a dot. */
export const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16">
<circle cx="8" cy="8" r="6" fill="none" stroke="#0b57d0" stroke-width="2"/>
<circle cx="8" cy="8" r="2.5" fill="#0b57d0"/>
</svg>
`;
