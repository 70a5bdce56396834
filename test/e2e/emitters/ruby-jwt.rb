# A service that checks tokens with ruby-jwt and logs with Ruby's Logger.
# Arguments: input file, log file, layout ("message" or "exception").
require 'json'
require 'jwt'
require 'logger'
require 'openssl'

input_file, log_file, layout = ARGV
given = JSON.parse(File.read(input_file))
key = OpenSSL::PKey::RSA.new(given['publicPem'])
log = Logger.new(File.open(log_file, 'w'))
expected = {
  algorithms: ['RS256'], iss: given['issuer'], aud: given['audience'],
  verify_iss: true, verify_aud: true, verify_iat: true, required_claims: ['exp']
}

given['requests'].each do |request|
  claims, = JWT.decode(request['token'], key, true, expected)
  log.info("token accepted for #{claims['client_id']}")
rescue JWT::DecodeError => e
  layout == 'exception' ? log.error(e) : log.warn("#{e.class}: #{e.message}")
end
