import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { resolveSettings, type InitOptions } from '../../src/settings/index.ts'
import { containerId } from '../../src/settings/resource/container-id.ts'
import { detectResource, SDK_VERSION } from '../../src/settings/resource/detect-resource.ts'
import { DETECTOR_NAMES } from '../../src/settings/resource/detector-names.ts'

const ROOT = join(import.meta.dirname, '../..')
const A = 'a1'.repeat(32)
const B = 'b2'.repeat(32)
const POD = '4a5c0c2b-9f5d-4d2e-8d7f-6c1f6f0a9b11'
const GROUP_POD = POD.replaceAll('-', '_')

const folders: string[] = []
afterEach(() => folders.splice(0).forEach((folder) => rmSync(folder, { recursive: true })))

/** A file system with these files. */
function rootWith(files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), 'clew-root-'))
  folders.push(root)
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  return root
}

/** A line of mountinfo: what is mounted, and where. */
const mount = (source: string, target: string): string =>
  `512 480 259:1 ${source} ${target} rw,relatime - ext4 /dev/root rw`

describe('the id of a container', () => {
  test.each<[string, string, string | undefined]>([
    ['Docker, cgroup v1', `12:pids:/docker/${A}\n1:name=systemd:/docker/${A}`, A],
    ['Docker inside of Docker', `1:name=systemd:/docker/${A}/docker/${B}`, B],
    ['Docker with systemd', `0::/system.slice/docker-${A}.scope`, A],
    ['Docker below the container’s own groups', `0::/docker/${A}/init.scope`, A],
    ['containerd in Kubernetes, cgroup v1', `11:cpu:/kubepods/besteffort/pod${POD}/${A}`, A],
    ['containerd with systemd', `0::/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod${GROUP_POD}.slice/cri-containerd-${A}.scope`, A],
    ['containerd named by colons', `9:cpu:/system.slice/containerd.service/kubepods-pod${GROUP_POD}.slice:cri-containerd:${A}`, A],
    ['CRI-O', `0::/kubepods.slice/kubepods-pod${GROUP_POD}.slice/crio-${A}.scope`, A],
    ['the watcher of CRI-O', `0::/kubepods.slice/crio-conmon-${A}.scope`, undefined],
    ['Podman', `0::/machine.slice/libpod-${A}.scope/container`, A],
    ['Podman without root', `1:name=systemd:/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-${A}.scope`, A],
    ['Amazon ECS', `9:memory:/ecs/55091c13-b8cf-4801-b527-f4601742204d/${A}`, A],
    ['Amazon ECS on Fargate', `9:memory:/ecs/${'c3'.repeat(16)}/${'c3'.repeat(16)}-2531612879`, `${'c3'.repeat(16)}-2531612879`],
    ['no container', '12:pids:/user.slice/user-1000.slice/session-2.scope\n0::/init.scope', undefined],
    ['a hash that is longer', `0::/x/${A}ff`, undefined],
    ['nonsense', '\u0000:::\n\n::', undefined],
  ])('is in its control group: %s', (_what, cgroup, expected) => {
    expect(containerId({ cgroup, mountinfo: '' })).toBe(expected)
  }) // prettier-ignore

  test.each<[string, string[], string | undefined]>([
    ['Docker', [mount(`/var/lib/docker/containers/${A}/resolv.conf`, '/etc/resolv.conf'), mount(`/var/lib/docker/containers/${A}/hostname`, '/etc/hostname')], A],
    ['Docker in another directory', [mount(`/data/containers/${A}/hostname`, '/etc/hostname')], A],
    ['Podman', [mount(`/home/u/.local/share/containers/storage/overlay-containers/${B}/userdata/hostname`, '/etc/hostname'), mount(`/run/containers/overlay-containers/${A}/userdata/.containerenv`, '/run/.containerenv')], B],
    ['a pod, whose mounts are the sandbox’s', [mount(`/var/lib/kubelet/pods/${POD}/etc-hosts`, '/etc/hosts'), mount(`/var/lib/docker/containers/${A}/hostname`, '/etc/hostname')], undefined],
    ['containerd’s sandbox', [mount(`/var/lib/containerd/io.containerd.grpc.v1.cri/sandboxes/${A}/hostname`, '/etc/hostname')], undefined],
    ['a volume of a container', [mount(`/var/lib/docker/volumes/${A}/_data`, '/data')], undefined],
  ])('is in its mounts where the group hides it: %s', (_what, mounts, expected) => {
    expect(containerId({ cgroup: '0::/\n', mountinfo: mounts.join('\n') })).toBe(expected)
  }) // prettier-ignore
})

const NAMESPACE_FILE = 'var/run/secrets/kubernetes.io/serviceaccount/namespace'
const podFiles = {
  [NAMESPACE_FILE]: 'shop\n',
  'etc/hosts': '# Kubernetes-managed hosts file.\n127.0.0.1\tlocalhost\n',
  'proc/self/cgroup': '0::/\n',
  'proc/self/mountinfo': `${mount(`/var/lib/kubelet/pods/${POD}/etc-hosts`, '/etc/hosts')}\n${mount(`/var/lib/kubelet/pods/${POD}/containers/web/3f1c9a2b`, '/dev/termination-log')}\n`,
}
const pod = (files: Record<string, string>, variables: Record<string, string> = {}) =>
  detectResource(['k8s'], { root: rootWith(files), variables, hostName: 'shop-7d4b9-x2x7q' })

describe('a pod of Kubernetes', () => {
  test('is known by what kubelet puts into the container', () => {
    expect(pod(podFiles)).toMatchObject({
      'k8s.namespace.name': 'shop',
      'k8s.pod.name': 'shop-7d4b9-x2x7q',
      'k8s.pod.uid': POD,
      'k8s.container.name': 'web',
    })
  })

  test('is known by its control group', () => {
    const cgroup = `0::/kubepods.slice/kubepods-pod${GROUP_POD}.slice/cri-containerd-${A}.scope\n`
    expect(pod({ 'proc/self/cgroup': cgroup })).toMatchObject({ 'k8s.pod.uid': POD })
  })

  test('is told by variables first, of either spelling', () => {
    const variables = {
      KUBERNETES_SERVICE_HOST: '10.0.0.1',
      POD_NAME: 'other',
      K8S_POD_NAME: 'told',
      POD_UID: 'uid',
      POD_NAMESPACE: 'space',
      NODE_NAME: 'node-1',
      CONTAINER_NAME: 'app',
    }
    expect(pod(podFiles, variables)).toMatchObject({
      'k8s.namespace.name': 'space',
      'k8s.pod.name': 'told',
      'k8s.pod.uid': 'uid',
      'k8s.container.name': 'app',
      'k8s.node.name': 'node-1',
    })
  })

  test('on the network of its host is not called by the name of that', () => {
    const found = pod({ ...podFiles, 'etc/hosts': '# Kubernetes-managed hosts file (host network).\n' })
    expect(found).not.toHaveProperty(['k8s.pod.name'])
  })

  test('is not assumed elsewhere, whatever variables there are', () => {
    const found = pod({ [NAMESPACE_FILE]: 'x' }, { POD_NAME: 'x', NODE_NAME: 'y' })
    expect(Object.keys(found).filter((key) => key.startsWith('k8s.'))).toEqual([])
  })
})

describe('the host', () => {
  const host = (files: Record<string, string>) =>
    detectResource(['host'], { root: rootWith(files), variables: {}, hostName: 'h' })

  test('has the id of its machine, where there is one', () => {
    const id = '3d1219c7c4c5404aaa1f6d2a48adfda4'
    expect(host({ 'etc/machine-id': `${id}\n` })).toMatchObject({ 'host.id': id, 'host.name': 'h' })
    expect(host({ 'etc/machine-id': '', 'var/lib/dbus/machine-id': id })).toMatchObject({ 'host.id': id })
    expect(host({ 'etc/machine-id': 'uninitialized\n' })).not.toHaveProperty(['host.id'])
  })
})

const resolve = (options: InitOptions, variables: Record<string, string> = {}) => resolveSettings(options, variables)

describe('the resource', () => {
  test('of this process has what the conventions ask for, and none of its arguments', () => {
    const secret = '--token=hunter2'
    process.argv.push(secret)
    try {
      const { resource } = resolve({ service: 'shop', serviceVersion: '1.2' }).settings
      expect(resource).toMatchObject({
        'service.name': 'shop',
        'service.version': '1.2',
        'service.instance.id': expect.stringMatching(/^[0-9a-f-]{36}$/),
        'deployment.environment.name': 'development',
        'telemetry.sdk.language': 'nodejs',
        'telemetry.sdk.name': 'clew',
        'telemetry.sdk.version': SDK_VERSION,
        'host.name': hostname(),
        'os.type': process.platform,
        'os.version': expect.any(String),
        'process.pid': process.pid,
        'process.runtime.name': 'nodejs',
        'process.runtime.version': process.versions.node,
        'process.executable.name': expect.stringContaining('node'),
        'process.executable.path': process.execPath,
        'process.command': process.argv[1],
      })
      expect(JSON.stringify(resource)).not.toContain('hunter2')
    } finally {
      process.argv.pop()
    }
  })

  test('keeps one id of the instance as long as the process lives', () => {
    const id = () => resolve({}).settings.resource['service.instance.id']
    expect(id()).toBe(id())
  })

  test('has the version of the package', () => {
    expect(SDK_VERSION).toBe(
      (JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string }).version,
    )
  })

  test('is set by code before the environment before what is found out', () => {
    const variables = {
      OTEL_RESOURCE_ATTRIBUTES:
        'service.version=2,host.name=given,service.namespace=eu,deployment.environment.name=staging,cloud.region=eu-1',
    }
    expect(resolve({}, variables).settings.resource).toMatchObject({
      'service.version': '2',
      'host.name': 'given',
      'service.namespace': 'eu',
      'deployment.environment.name': 'staging',
      'cloud.region': 'eu-1',
    })
    const code = { serviceVersion: '3', environment: 'test', resource: { 'host.name': 'code' } }
    expect(resolve(code, variables).settings.resource).toMatchObject({
      'service.version': '3',
      'host.name': 'code',
      'deployment.environment.name': 'test',
    })
  })

  test('that names the environment sets it, where ENVIRONMENT and NODE_ENV do not', () => {
    const OTEL_RESOURCE_ATTRIBUTES = 'deployment.environment.name=production'
    expect(resolve({}, { OTEL_RESOURCE_ATTRIBUTES }).settings.environment).toBe('production')
    expect(resolve({}, { OTEL_RESOURCE_ATTRIBUTES, NODE_ENV: 'test' }).settings.environment).toBe('test')
  })
})

describe('OTEL_NODE_RESOURCE_DETECTORS', () => {
  const detected = (text: string) => {
    const { settings, mistakes } = resolve(
      { service: 'shop' },
      { OTEL_NODE_RESOURCE_DETECTORS: text, OTEL_RESOURCE_ATTRIBUTES: 'zone=eu' },
    )
    const { resource } = settings
    const rooms = new Set(Object.keys(resource).map((key) => key.split('.')[0]))
    return { rooms: ['zone', 'host', 'os', 'process'].filter((room) => rooms.has(room)), resource, mistakes }
  }

  test.each([
    ['all', ['zone', 'host', 'os', 'process']],
    ['none', []],
    ['env', ['zone']],
    ['host, OS', ['host', 'os']],
    ['process,serviceinstance', ['process']],
  ])('says what is found out: %s', (text, rooms) => {
    const { resource, ...found } = detected(text)
    expect(found).toEqual({ rooms, mistakes: [] })
    expect(resource).toMatchObject({ 'service.name': 'shop', 'telemetry.sdk.name': 'clew' })
    expect('service.instance.id' in resource).toBe(/all|serviceinstance/.test(text))
  })

  test('with a name that clew does not have is said, and all are used', () => {
    const { rooms, mistakes } = detected('host,gcp')
    expect(rooms).toEqual(['zone', 'host', 'os', 'process'])
    expect(mistakes).toEqual([
      {
        where: 'OTEL_NODE_RESOURCE_DETECTORS',
        found: '"host,gcp"',
        allowed: `all, none, or some of ${DETECTOR_NAMES.join(', ')}`,
      },
    ])
  })
})
