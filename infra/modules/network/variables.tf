variable "name" {
  description = "Prefix of every name."
  type        = string
}

variable "cidr" {
  description = "Addresses of the network, a /16 to /22; each subnet gets a sixteenth of it."
  type        = string
}

variable "zone_letters" {
  description = "The two zones, by the letters after the region's name."
  type        = list(string)
}

variable "nat_per_zone" {
  description = "A NAT gateway in each zone, so that the loss of a zone takes no other's way out; false: one for both."
  type        = bool
}

variable "kms_key_arn" {
  description = "Key that encrypts the flow logs."
  type        = string
}

variable "log_retention_days" {
  description = "How long flow logs are kept."
  type        = number
}
