#!/bin/sh
# Puts clew's templates and lifecycle policies into Elasticsearch; may be run again at any time. It waits for Elasticsearch.
#   CLEW_ELASTICSEARCH_ENDPOINT=https://host:9200 ELASTIC_PASSWORD=… stack/elasticsearch/setup.sh
# CLEW_ELASTICSEARCH_LIFECYCLE=false for an Elasticsearch without ILM; delete-old-days.sh does the deleting then.
# KIBANA_SYSTEM_PASSWORD and CLEW_ELASTICSEARCH_PASSWORD, where set, become the passwords of Kibana's own user and of the
# user `clew`, who may write logs-* and nothing else. There must be no $ in the latter: the collector reads $$ as $.
set -eu
here=$(dirname "$0")
endpoint=${CLEW_ELASTICSEARCH_ENDPOINT:-https://127.0.0.1:9200}
wait_seconds=${CLEW_ELASTICSEARCH_WAIT_SECONDS:-300}

request() { # METHOD PATH [BODY, or @FILE]
  set -- --silent --show-error --fail-with-body --max-time 30 --request "$1" \
    --header 'content-type: application/json' --data-binary "${3-}" "$endpoint/$2"
  if [ -n "${CLEW_ELASTICSEARCH_CA_FILE:-}" ]; then set -- --cacert "$CLEW_ELASTICSEARCH_CA_FILE" "$@"; fi
  if [ -n "${ELASTIC_PASSWORD:-}" ]; then set -- --user "elastic:$ELASTIC_PASSWORD" "$@"; fi
  curl "$@"
}

ask() { # METHOD PATH [BODY]: three tries, since a server that has just started may be busy; sets `answer`
  for pause in 2 5 0; do
    if answer=$(request "$@" 2>&1); then return; fi
    sleep "$pause"
  done
  echo "Elasticsearch refused $2: $answer" >&2
  exit 1
}

put() { # METHOD PATH BODY
  ask "$@"
  echo "put $2"
}

put_all() { # FOLDER API
  for file in "$here/$1"/*.json; do put PUT "$2/$(basename "$file" .json)" "@$file"; done
}

password_of() { # NAME: as JSON text
  printf '"%s"' "$(printf '%s' "$1" | sed 's/\\/\\\\/g; s/"/\\"/g')"
}

# Beyond this limit Elasticsearch refuses each new day with 400, which the collector can't try again. Each class has a shard for
# each of its days, and one more while a day ends; 1000, the default, is left to others. Replicas need no more: the limit
# is for each node.
raise_shard_limit() {
  needed=1000
  for file in "$here"/lifecycle/*.json; do
    days=$(sed -n 's/.*"min_age": "\([0-9]*\)d".*/\1/p' "$file")
    needed=$((needed + days + 1))
  done
  ask GET '_cluster/settings?include_defaults=true&filter_path=*.cluster.max_shards_per_node'
  limit=$(printf '%s' "$answer" | sed -n 's/.*"max_shards_per_node" *: *"\([0-9]*\)".*/\1/p')
  if [ "${limit:-0}" -ge "$needed" ]; then return; fi
  put PUT _cluster/settings "{\"persistent\":{\"cluster.max_shards_per_node\":$needed}}"
}

case ${CLEW_ELASTICSEARCH_PASSWORD:-} in
  *'$'*)
    echo 'CLEW_ELASTICSEARCH_PASSWORD must not contain $: the collector would read $$ and ${ in it as something else' >&2
    exit 1
    ;;
esac

deadline=$(($(date +%s) + wait_seconds))
until answer=$(request GET '_cluster/health?wait_for_status=yellow&timeout=20s' 2>&1); do
  if [ "$(date +%s)" -ge "$deadline" ]; then
    echo "Elasticsearch is not there at $endpoint: $answer" >&2
    exit 1
  fi
  sleep 2
done

raise_shard_limit
put_all component-template _component_template
if [ "${CLEW_ELASTICSEARCH_LIFECYCLE:-true}" = true ]; then
  put_all lifecycle _ilm/policy
  put_all lifecycle-template _component_template
fi
put_all index-template _index_template

if [ -n "${KIBANA_SYSTEM_PASSWORD:-}" ]; then
  put POST _security/user/kibana_system/_password "{\"password\":$(password_of "$KIBANA_SYSTEM_PASSWORD")}"
fi
if [ -n "${CLEW_ELASTICSEARCH_PASSWORD:-}" ]; then
  put PUT _security/role/clew "@$here/role.json"
  put PUT _security/user/clew "{\"password\":$(password_of "$CLEW_ELASTICSEARCH_PASSWORD"),\"roles\":[\"clew\"]}"
fi
