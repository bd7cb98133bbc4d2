import { render } from 'preact';
import './style.css';
import { Page } from './page.tsx';

const root = document.querySelector('#page');
if (root !== null) {
  root.replaceChildren();
  render(<Page />, root);
}
