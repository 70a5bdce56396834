# A resource server on WEBrick and ruby-jwt, logging with Ruby's Logger.
# Arguments: input file, log file. Writes its port to standard output; reads its input again on SIGHUP (a deploy) and says
# "loaded" there when that is done; ends with standard input.
require 'json'
require 'jwt'
require 'logger'
require 'net/http'
require 'time'
require 'webrick'

INPUT, LOG_FILE = ARGV

# The issuer's keys, kept; fetched again for a key id that is not among them, unless they are kept from the start for good.
class Keys
  def initialize(plan)
    @uri = URI(plan['jwksUri'])
    @stays = plan['keys'] == 'startup'
    fetch if @stays
  end

  def call(options)
    fetch if @kept.nil? || (options[:kid_not_found] && !@stays)
    @kept
  end

  def fetch
    response = Net::HTTP.get_response(@uri)
    raise "JWKS endpoint answered #{response.code}" unless response.is_a?(Net::HTTPSuccess)

    @kept = JSON.parse(response.body, symbolize_names: true)
  end
end

class Refused < StandardError
  attr_reader :status

  def initialize(status, message)
    super(message)
    @status = status
  end
end

def load_plan
  plan = JSON.parse(File.read(INPUT))
  [plan, Keys.new(plan)]
end

state = load_plan
deploys = Thread::Queue.new
trap('HUP') { deploys << :again }

def claims_of(request, plan, keys)
  token = request['authorization'].to_s[/\ABearer (.+)\z/, 1]
  raise Refused.new(401, 'Authorization header is missing') if token.nil?

  claims, = JWT.decode(token, nil, true,
                       algorithms: ['RS256'], jwks: keys.method(:call), iss: plan['issuer'], aud: plan['audience'],
                       leeway: plan['leeway_s'], verify_iss: true, verify_aud: true, verify_iat: true)
  scope = "#{plan['route']}:#{request.request_method == 'GET' ? 'read' : 'write'}"
  raise Refused.new(403, "insufficient_scope: #{scope} is needed") unless claims['scope'].split.include?(scope)

  claims
end

file = File.open(LOG_FILE, 'a')
file.sync = true
log = Logger.new(file, progname: state[0]['service'])
log.formatter = proc { |level, time, _, text| "#{time.utc.iso8601(3)} #{level} #{text}\n" } if state[0]['layout'] == 'ruby-iso'
server = WEBrick::HTTPServer.new(BindAddress: '127.0.0.1', Port: state[0]['port'], AccessLog: [],
                                 Logger: WEBrick::Log.new(File::NULL))
server.mount_proc('/') do |request, response|
  plan, keys = state
  mark = plan['habits']['ids'] ? " request_id=#{request['x-request-id']}" : ''
  begin
    claims = claims_of(request, plan, keys)
    instants = plan['habits']['accepts'] ? " iat=#{claims['iat']} exp=#{claims['exp']}" : ''
    log.info("token accepted for #{claims['client_id']}#{instants}#{mark}")
  rescue Refused => e
    log.warn("authentication failed: #{e.message}#{mark}")
    response.status = e.status
  rescue StandardError => e
    log.warn("authentication failed: #{e.class}: #{e.message}#{mark}")
    response.status = 401
  end
  log.info("#{request.request_method} #{request.path} #{response.status}#{mark}") if plan['habits']['completes']
end
Thread.new { server.start }
Thread.new do
  while deploys.pop
    state = load_plan
    log.info("configuration loaded: audience #{state[0]['audience']}")
    puts 'loaded'
    $stdout.flush
  end
end
puts state[0]['port']
$stdout.flush
$stdin.read
server.shutdown
