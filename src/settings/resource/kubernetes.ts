import { KUBELET, type ContainerTexts } from './container-id.ts'
import { knownOnly, readText, type ResourceAttributes, type ResourceSources } from './sources.ts'

const SERVICE_ACCOUNT_NAMESPACE = 'var/run/secrets/kubernetes.io/serviceaccount/namespace'
/** How kubelet begins a pod's hosts file; one of the host's network it begins otherwise, and the host's name is not the pod's there. */
const POD_HOSTS = /^# Kubernetes-managed hosts file\.$/m
const UID = '[0-9a-f]{8}(?:[-_][0-9a-f]{4}){3}[-_][0-9a-f]{12}'
const GROUP_OF_POD = new RegExp(`pod(${UID})`)
const MOUNT_OF_POD = new RegExp(`/kubelet/pods/(${UID})/`)
const MOUNT_OF_CONTAINER = new RegExp(`/kubelet/pods/${UID}/containers/([^/ ]+)/`)

/**
 * The pod that a process runs in; nothing outside of Kubernetes. Variables that the deployment sets by the downward API come first (`K8S_POD_NAME` or `POD_NAME`, and so on for `POD_UID`, `POD_NAMESPACE`,
 * `NODE_NAME` and `CONTAINER_NAME`), then what kubelet has put into the container.
 * @see https://opentelemetry.io/docs/specs/semconv/resource/k8s/
 */
export function kubernetesAttributes(
  sources: ResourceSources,
  { cgroup, mountinfo }: ContainerTexts,
): ResourceAttributes {
  const { variables } = sources
  const isPod = cgroup.includes('pod') || mountinfo.includes(KUBELET)
  const uid = isPod ? (GROUP_OF_POD.exec(cgroup) ?? MOUNT_OF_POD.exec(mountinfo))?.[1] : undefined
  if (!variables['KUBERNETES_SERVICE_HOST'] && uid === undefined) return {}
  const told = (name: string): string | undefined => variables[`K8S_${name}`] || variables[name] || undefined
  return knownOnly({
    'k8s.namespace.name': told('POD_NAMESPACE') ?? readText(sources, SERVICE_ACCOUNT_NAMESPACE).trim(),
    'k8s.pod.name': told('POD_NAME') ?? podHostName(sources),
    'k8s.pod.uid': told('POD_UID') ?? uid?.replaceAll('_', '-'),
    'k8s.container.name': told('CONTAINER_NAME') ?? MOUNT_OF_CONTAINER.exec(mountinfo)?.[1],
    'k8s.node.name': told('NODE_NAME'),
  })
}

function podHostName(sources: ResourceSources): string | undefined {
  return POD_HOSTS.test(readText(sources, 'etc/hosts')) ? sources.hostName : undefined
}
