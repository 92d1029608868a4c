import { BlockList, isIP } from 'node:net'

/**
 * Addresses that are not of the public Internet: this machine, private and shared networks, link-local (with
 * the metadata services of clouds), documentation, benchmarks, multicast, reserved, and IPv6 forms that lead
 * to IPv4 ones.
 * Source: IANA special-purpose address registries (RFC 6890), RFC 4193, RFC 6052, RFC 3056, RFC 4380.
 */
const refused = { ipv4: new BlockList(), ipv6: new BlockList() } as const
const ipv4 = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const
for (const [network, prefix] of ipv4) refused.ipv4.addSubnet(network, prefix, 'ipv4')
/** Everything but global unicast, 2000::/3; of that what stands for something else. */
const ipv6 = [
  ['::', 3],
  ['4000::', 2],
  ['8000::', 1],
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
] as const
for (const [network, prefix] of ipv6) refused.ipv6.addSubnet(network, prefix, 'ipv6')

/** True for an address of the public Internet; false for what is no address at all. */
export function isPublicAddress(address: string): boolean {
  const family = ({ 0: undefined, 4: 'ipv4', 6: 'ipv6' } as const)[isIP(address) as 0 | 4 | 6]
  // Lists of their own: IPv4 addresses stand among the IPv6 ones as well, in what is refused there.
  return family !== undefined && !refused[family].check(address, family)
}

/**
 * Why a message must not be sent to a url, as far as the url itself tells; undefined when it may. A name is
 * looked up with each message, and its addresses are judged then.
 */
export function addressFault(text: string, privateAllowed: boolean): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (!url) return 'expected an address such as https://pos.example/atrium'
  if (url.username !== '' || url.password !== '') return 'expected no user name in the address'
  if (privateAllowed) return undefined
  if (url.protocol !== 'https:') return 'expected https'
  const host = url.hostname.replace(/^\[|\]$/g, '')
  if (isIP(host) !== 0 && !isPublicAddress(host)) return 'expected an address of the public Internet'
  if (/(?:^|\.)(?:localhost|local|internal|home\.arpa)\.?$/i.test(host))
    return 'expected a name of the public Internet'
  return undefined
}
