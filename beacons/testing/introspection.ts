interface Method {
  readonly name: string
  readonly in?: string
  readonly out?: string
}

const properties: readonly Method[] = [
  { name: 'Get', in: 'ss', out: 'v' },
  { name: 'GetAll', in: 's', out: 'a{sv}' },
  { name: 'Set', in: 'ssv' },
]

/** Methods of the interfaces by their name. Source: BlueZ doc/org.bluez.*.rst. */
const methods: Readonly<Record<string, readonly Method[]>> = {
  'org.freedesktop.DBus.ObjectManager': [{ name: 'GetManagedObjects', out: 'a{oa{sa{sv}}}' }],
  'org.freedesktop.DBus.Properties': properties,
  'org.bluez.AgentManager1': [{ name: 'RegisterAgent', in: 'os' }],
  'org.bluez.Adapter1': [
    { name: 'StartDiscovery' },
    { name: 'StopDiscovery' },
    { name: 'SetDiscoveryFilter', in: 'a{sv}' },
    { name: 'RemoveDevice', in: 'o' },
  ],
  'org.bluez.Device1': [{ name: 'Connect' }, { name: 'Disconnect' }],
  'org.bluez.GattCharacteristic1': [
    { name: 'ReadValue', in: 'a{sv}', out: 'ay' },
    { name: 'WriteValue', in: 'aya{sv}' },
    { name: 'StartNotify' },
    { name: 'StopNotify' },
  ],
}

const changed = '<signal name="PropertiesChanged"><arg type="s"/><arg type="a{sv}"/><arg type="as"/></signal>'

/** The introspection document of an object. Source: D-Bus specification, Introspection Data Format. */
export function introspect(interfaces: readonly string[], children: readonly string[]): string {
  const all = [...interfaces, ...(interfaces.length > 0 ? ['org.freedesktop.DBus.Properties'] : [])]
  const parts = all.map((name) => {
    const body = (methods[name] ?? []).map(methodXml).join('')
    return `<interface name="${name}">${body}${name.endsWith('.Properties') ? changed : ''}</interface>`
  })
  return `<node>${parts.join('')}${children.map((child) => `<node name="${child}"/>`).join('')}</node>`
}

function methodXml({ name, in: takes, out: gives }: Method): string {
  const args = [
    ...signatures(takes).map((type) => `<arg type="${type}" direction="in"/>`),
    ...signatures(gives).map((type) => `<arg type="${type}" direction="out"/>`),
  ]
  return `<method name="${name}">${args.join('')}</method>`
}

/** The single types of a signature. */
function signatures(text = ''): readonly string[] {
  return text.match(/a*(\{[^{}]*(\{[^{}]*(\{[^{}]*\}[^{}]*)*\}[^{}]*)*\}|[a-z])/g) ?? []
}
