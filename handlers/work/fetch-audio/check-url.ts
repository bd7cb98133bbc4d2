import { InvalidInputError } from '../../../core/errors.ts';
import { addressInHost } from '../../../core/net/public-address.ts';
import { forbidden } from './fetch-errors.ts';
import type { FetchPolicy } from './fetch-policy.ts';

/**
 * Parses an untrusted URL and refuses what shows in it: another scheme, login data, an odd port, an address literal
 * that is not allowed in any of its spellings (the parser writes all of them in one form).
 *
 * What a name resolves to is checked when it is dialled.
 *
 * @param base the URL that redirected here
 * @throws InputUnavailableError `audio_url_forbidden`; InvalidInputError `invalid_option` for text that is no URL
 */
export function checkUrl(text: string, policy: FetchPolicy, base?: URL): URL {
  if (!URL.canParse(text, base?.href)) {
    throw new InvalidInputError('invalid_option', 'Expected an https URL of the audio; the text is no URL.');
  }
  const url = new URL(text, base);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && policy.allowHttp)) {
    throw forbidden(policy.allowHttp ? 'its scheme is not http or https' : 'its scheme is not https');
  }
  if (url.username !== '' || url.password !== '') throw forbidden('it holds a user name or password');
  const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
  if (!policy.ports.includes(port)) throw forbidden('its port is not allowed');
  const address = addressInHost(url.hostname);
  if (address !== undefined && !policy.allowAddress(address)) throw forbidden('its host is not public');
  return url;
}
